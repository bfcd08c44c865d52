// @vitest-environment node
import { expect, test } from "vitest";
import { IdleClock } from "./idle-clock";

const MINUTE = 60_000;

test("warns a minute before the limit and ends at it", () => {
  const clock = new IdleClock(15 * MINUTE, MINUTE, 0);
  expect(clock.isEnding(14 * MINUTE - 1)).toBe(false);
  expect(clock.isEnding(14 * MINUTE)).toBe(true);
  expect(clock.secondsLeft(14 * MINUTE)).toBe(60);
  expect(clock.isOver(15 * MINUTE - 1)).toBe(false);
  expect(clock.isOver(15 * MINUTE)).toBe(true);
});

test("a sign of life begins the time anew", () => {
  const clock = new IdleClock(15 * MINUTE, MINUTE, 0);
  clock.touch(14.5 * MINUTE);
  expect(clock.isEnding(15 * MINUTE)).toBe(false);
  expect(clock.isOver(29.5 * MINUTE)).toBe(true);
});

test("a sleep in which no timer ran counts as absence", () => {
  const clock = new IdleClock(15 * MINUTE, MINUTE, 0);
  expect(clock.isOver(600 * MINUTE)).toBe(true);
  expect(clock.secondsLeft(600 * MINUTE)).toBe(0);
});

test("a late message of another tab cannot turn the clock back", () => {
  const clock = new IdleClock(15 * MINUTE, MINUTE, 0);
  clock.touch(10 * MINUTE);
  clock.touch(5 * MINUTE);
  expect(clock.isOver(24 * MINUTE)).toBe(false);
});
