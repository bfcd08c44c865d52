import { beforeEach, expect, test } from "vitest";
import { CLOSED_START, recallStart, rememberStart, sessionIn } from "./start";

const SESSION = "0f8fad5b-d9cb-469f-a165-70867728950e";

beforeEach(() => sessionStorage.clear());

test("a choice is remembered for its session only", () => {
  const choice = { mic: true, camera: false, micDevice: "usb" };
  rememberStart(SESSION, choice, sessionStorage);
  expect(recallStart(SESSION, sessionStorage)).toEqual(choice);
  expect(recallStart("another", sessionStorage)).toEqual(CLOSED_START);
});

test("without a choice, or with a broken one, everything starts closed", () => {
  expect(recallStart(SESSION, sessionStorage)).toEqual({ mic: false, camera: false });
  sessionStorage.setItem(`quietroom.start.${SESSION}`, "{");
  expect(recallStart(SESSION, sessionStorage)).toEqual({ mic: false, camera: false });
});

test("the session is found in an address", () => {
  expect(sessionIn(`/ws/session/${SESSION}/`)).toBe(SESSION);
  expect(sessionIn("/")).toBe("");
});
