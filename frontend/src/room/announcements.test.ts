// @vitest-environment node
import { expect, test } from "vitest";
import { ANA, BEN, snapshot, THEA, waiting, waitingPerson } from "../testing/snapshots";
import { announcements } from "./announcements";
import type { Snapshot } from "./protocol.gen";
import { initialState, reduce } from "./store";

function said(before: Snapshot, after: Snapshot): string[] {
  const was = reduce(initialState(), { kind: "message", message: before });
  return announcements(was, reduce(was, { kind: "message", message: after }));
}

test("coming and going is said by alias", () => {
  const three = snapshot({ seats: [THEA, ANA, BEN] });
  expect(said(snapshot(), three)).toEqual(["Ben entered."]);
  expect(said(three, snapshot())).toEqual(["Ben left."]);
});

test("entering is said once, not for everybody who is in already", () => {
  expect(said(waiting(), snapshot({ seats: [THEA, ANA, BEN] }))).toEqual(["You are in the room."]);
});

test("a mute is said to the muted person", () => {
  const muted = snapshot({ own: { may_send_mic: false } });
  expect(said(snapshot(), muted)).toEqual(["The therapist turned your microphone off."]);
  expect(said(muted, snapshot())).toEqual(["You may turn your microphone on again."]);
});

test("a host hears who begins to wait, and nobody else does", () => {
  const panel = { waiting: [], at_the_door: [], seated: [] };
  const quiet = snapshot({ host: panel });
  const busy = snapshot({ host: { ...panel, waiting: [waitingPerson()] } });
  expect(said(quiet, busy)).toEqual(["Ben waits to be let in."]);
  expect(said(busy, busy)).toEqual([]);
  expect(said(snapshot(), snapshot())).toEqual([]);
});

test("the end of a pause says that nothing came on by itself", () => {
  const paused = snapshot({ session: { suspended: true } });
  expect(said(snapshot(), paused)).toEqual(["Sound and picture are paused."]);
  expect(said(paused, snapshot())).toEqual([
    "The pause is over. Your own sound and picture are off.",
  ]);
});

test("nothing is said when nothing changed", () => {
  expect(said(snapshot(), snapshot())).toEqual([]);
});

test("those who wait hear nothing of the others", () => {
  expect(said(waiting(), waiting({ seats: [THEA] }))).toEqual([]);
});
