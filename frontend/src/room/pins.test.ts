import { beforeEach, expect, test } from "vitest";
import { Pins, Visits } from "./pins";

beforeEach(() => {
  localStorage.clear();
});

test("a person is known by the key that they came with", async () => {
  const pins = new Pins("membership", localStorage);
  expect(await pins.device("Ana", "key 1")).toBe("first");
  await pins.remember("Ana", "key 1");
  const later = new Pins("membership", localStorage);
  expect(await later.device("Ana", "key 1")).toBe("same");
  expect(await later.device("Ana", "key 2")).toBe("other");
  expect(await later.device("Ben", "key 1")).toBe("first");
});

test("no name is kept, and another membership knows nothing", async () => {
  await new Pins("membership", localStorage).remember("Anastasia", "key 1");
  expect(JSON.stringify({ ...localStorage })).toContain("key 1");
  expect(JSON.stringify({ ...localStorage })).not.toContain("Anastasia");
  expect(await new Pins("other", localStorage).device("Anastasia", "key 1")).toBe("first");
});

test("what cannot be read is as good as nothing", async () => {
  localStorage.setItem("quietroom.devices.membership", "{");
  expect(await new Pins("membership", localStorage).device("Ana", "key")).toBe("first");
});

test("a visit was in with one key until its host sends it out", () => {
  const visits = new Visits("session", localStorage);
  visits.note("visit", "key 1");
  expect(visits.wasIn("visit", "key 1")).toBe(true);
  expect(visits.wasIn("visit", "key 2")).toBe(false);
  expect(new Visits("session", localStorage).wasIn("visit", "key 1")).toBe(true);
  visits.forget("visit");
  expect(new Visits("session", localStorage).wasIn("visit", "key 1")).toBe(false);
});
