/** What a screen reader says when the room changes: short, neutral, only what peers may know. */
import type { Snapshot } from "./protocol.gen";
import { circle, isSeated, type RoomState } from "./store";

export function announcements(before: RoomState, after: RoomState): string[] {
  return [
    ...standing(before, after),
    ...comings(before, after),
    ...hostActs(before, after),
    ...arrivals(before, after),
    ...connection(before, after),
  ];
}

/** Only hosts know who waits. */
function arrivals(before: RoomState, after: RoomState): string[] {
  const known = before.snapshot?.host?.waiting.map((person) => person.admission);
  if (!known) return [];
  const waiting = after.snapshot?.host?.waiting ?? [];
  return waiting
    .filter((person) => !known.includes(person.admission))
    .map((person) => `${person.alias} waits to be let in.`);
}

function standing(before: RoomState, after: RoomState): string[] {
  const was = isSeated(before);
  const is = isSeated(after);
  if (!was && is) return ["You are in the room."];
  if (was && !is && after.snapshot) return ["You are back in the waiting room."];
  return [];
}

function comings(before: RoomState, after: RoomState): string[] {
  if (!isSeated(before) || !isSeated(after)) return [];
  const own = after.snapshot?.own.seat;
  const was = new Map(circle(before).map((seat) => [seat.seat, seat]));
  const is = new Map(circle(after).map((seat) => [seat.seat, seat]));
  const entered = [...is.values()].filter((seat) => !was.has(seat.seat) && seat.seat !== own);
  const left = [...was.values()].filter((seat) => !is.has(seat.seat) && seat.seat !== own);
  return [
    ...entered.map((seat) => `${seat.alias} entered.`),
    ...left.map((seat) => `${seat.alias} left.`),
  ];
}

function hostActs(before: RoomState, after: RoomState): string[] {
  const was = before.snapshot;
  const is = after.snapshot;
  if (!was || !is || !isSeated(before) || !isSeated(after)) return [];
  const said: string[] = [];
  if (is.session.suspended !== was.session.suspended) {
    said.push(is.session.suspended ? "Sound and picture are paused." : pauseOver(is));
  }
  said.push(...rightChanged("microphone", was.own.may_send_mic, is.own.may_send_mic));
  said.push(...rightChanged("camera", was.own.may_send_camera, is.own.may_send_camera));
  if (is.session.locked !== was.session.locked) {
    said.push(is.session.locked ? "The session is locked." : "The session is open to arrivals.");
  }
  return said;
}

function pauseOver({ host }: Snapshot): string {
  return host ? "The pause is over." : "The pause is over. Your own sound and picture are off.";
}

function rightChanged(what: string, was: boolean, is: boolean): string[] {
  if (was === is) return [];
  return is ? [`You may turn your ${what} on again.`] : [`The therapist turned your ${what} off.`];
}

function connection(before: RoomState, after: RoomState): string[] {
  if (before.link === "open" && after.link === "retrying")
    return ["Connection lost. Reconnecting."];
  if (before.link === "retrying" && after.link === "open") return ["Connected again."];
  return [];
}
