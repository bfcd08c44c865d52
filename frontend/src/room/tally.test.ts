// @vitest-environment node
import { expect, test } from "vitest";
import type { Slot } from "./protocol.gen";
import type { Readings } from "./stats";
import { Tally } from "./tally";

const BEN: Slot[] = [
  { mid: "3", source: "mic", seat: 3 },
  { mid: "18", source: "camera", seat: 3 },
];
const DANA: Slot[] = [{ mid: "18", source: "camera", seat: 4 }];

function read(framesDecoded: number, audioSamples = 0): Readings {
  const silent = { framesDecoded: 0, audioSamples: 0, audioLevel: 0 };
  return {
    lines: new Map([
      ["3", { ...silent, audioSamples }],
      ["18", { ...silent, framesDecoded }],
    ]),
    ownLevel: 0,
  };
}

test("a seat's lines are added up", () => {
  const tally = new Tally();
  tally.take(read(10, 480), BEN);
  tally.take(read(25, 960), BEN);
  expect(tally.of(3)).toEqual({ frames: 25, samples: 960 });
  expect(tally.of(4)).toEqual({ frames: 0, samples: 0 });
});

test("what a line carried for somebody else is not counted", () => {
  const tally = new Tally();
  tally.take(read(100), BEN);
  tally.take(read(110), DANA);
  tally.take(read(115), DANA);
  expect(tally.of(4).frames).toBe(5);
  expect(tally.of(3).frames).toBe(100);
});

test("a line that was empty before counts from where it stood", () => {
  const tally = new Tally();
  tally.take(read(100), []);
  tally.take(read(107), DANA);
  expect(tally.of(4).frames).toBe(7);
});

test("totals go on over a fresh connection", () => {
  const tally = new Tally();
  tally.take(read(100), BEN);
  tally.take(read(4), BEN);
  expect(tally.of(3).frames).toBe(104);
});

test("who left starts anew", () => {
  const tally = new Tally();
  tally.take(read(100), BEN);
  tally.keepOnly(new Set([1, 2]));
  expect(tally.of(3).frames).toBe(0);
});
