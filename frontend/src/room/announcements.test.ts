import { expect, test } from "vitest";
import { ANA, BEN, snapshot, THEA, waiting } from "../testing/snapshots";
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

test("nothing is said when nothing changed", () => {
  expect(said(snapshot(), snapshot())).toEqual([]);
});

test("those who wait hear nothing of the others", () => {
  expect(said(waiting(), waiting({ seats: [THEA] }))).toEqual([]);
});
