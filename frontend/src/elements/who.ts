/** "Who can see me": everybody who is connected, by name. There are no hidden listeners. */
import type { SeatView } from "../room/protocol.gen";
import { circle, isSending, type RoomState } from "../room/store";
import { make } from "./build";
import { explain, paragraph } from "./dialog";

const ROLES: Readonly<Record<SeatView["role"], string>> = {
  host: ", therapist",
  cohost: ", co-therapist",
  member: "",
  observer: ", observer",
};

export function explainWho(state: RoomState): void {
  const others = circle(state).filter((seat) => seat.seat !== state.snapshot?.own.seat);
  explain(
    "Who can see and hear you",
    paragraph(ownWords(state, others.length)),
    make(
      "ul",
      { class: "who" },
      ...others.map((seat) => make("li", { text: `${seat.alias}${ROLES[seat.role]}` })),
    ),
    paragraph(
      "Nobody else. Whoever is connected has a place in the circle; nobody watches unseen.",
    ),
    paragraph("Those who wait neither see nor hear you. Nothing is recorded on the server."),
  );
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
