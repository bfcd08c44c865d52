/** "Who can see me": everybody who is connected, by name. There are no hidden listeners. */

import type { Device } from "../room/pins";
import type { SeatView } from "../room/protocol.gen";
import { aliasOf, circle, isEndToEnd, isSending, type RoomState } from "../room/store";
import { make } from "./build";
import { explain, paragraph } from "./dialog";

const ROLES: Readonly<Record<SeatView["role"], string>> = {
  host: ", therapist",
  cohost: ", co-therapist",
  member: "",
  observer: ", observer",
};

const DEVICES: Readonly<Record<Device, string>> = {
  same: "same device as last time",
  other: "another device than last time",
  first: "new device",
};

export function explainWho(state: RoomState): void {
  const others = circle(state).filter((seat) => seat.seat !== state.snapshot?.own.seat);
  explain(
    "Who can see and hear you",
    paragraph(ownWords(state, others.length)),
    make(
      "ul",
      { class: "who" },
      ...others.map((seat) => make("li", { text: personWords(state, seat) })),
    ),
    paragraph(
      "Nobody else. Whoever is connected has a place in the circle; nobody watches unseen.",
    ),
    paragraph("Those who wait neither see nor hear you. Nothing is recorded on the server."),
    paragraph(protection(state)),
  );
}

function personWords(state: RoomState, seat: SeatView): string {
  const device = state.keys?.devices.get(seat.admission);
  const known = device ? `, ${DEVICES[device]}` : "";
  const hasKey = state.keys?.view?.members.some((one) => one.admission === seat.admission) ?? true;
  const keyless = hasKey ? "" : ", has no key and opens nothing";
  return `${aliasOf(state, seat)}${ROLES[seat.role]}${known}${keyless}`;
}

function protection(state: RoomState): string {
  if (!isEndToEnd(state)) {
    return "Sound and picture are encrypted to the server only: whoever controls it could look.";
  }
  return "Sound, picture and chat are sealed for exactly these people; the server cannot open them. It does know who is here, and it sends your browser this page: compare the safety code, and trust the people who run it.";
}

function ownWords(state: RoomState, others: number): string {
  if (others === 0) return "You are alone in the room.";
  const mic = isSending(state, "mic");
  const camera = isSending(state, "camera");
  if (mic && camera) return "These people see and hear you now:";
  if (mic) return "These people hear you now. Your camera is off:";
  if (camera) return "These people see you now. Your microphone is off:";
  return "Your microphone and camera are off. These people would see and hear you:";
}
