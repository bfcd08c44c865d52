import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { make } from "./build";
import { IdleLock } from "./idle-lock";
import { LOCK_NOW, LOCKING, PRESENT } from "./page-events";

const MINUTE = 60_000;

let posted: string[];
let left: string[];
let locking: number;
let lock: IdleLock;

beforeEach(() => {
  vi.useFakeTimers();
  posted = [];
  left = [];
  locking = 0;
  vi.stubGlobal("BroadcastChannel", QuietChannel);
  vi.stubGlobal("fetch", async (url: string) => {
    posted.push(url);
    return { url: "http://localhost/locked/?next=/" };
  });
  vi.spyOn(location, "replace").mockImplementation((url) => void left.push(String(url)));
  document.addEventListener(LOCKING, count);
  const form = make("form", { attributes: { action: "/lock/" } });
  document.body.append(form);
  lock = new IdleLock(form, 15 * MINUTE);
});

afterEach(() => {
  lock.stop();
  document.removeEventListener(LOCKING, count);
  document.body.replaceChildren();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Other tabs: none, but for what a test says in their name. */
class QuietChannel {
  static newest: QuietChannel;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly said: unknown[] = [];

  constructor() {
    QuietChannel.newest = this;
  }

  postMessage(message: unknown): void {
    this.said.push(message);
  }

  close(): void {}
}

function count(): void {
  locking += 1;
}

function warning(): HTMLDialogElement | null {
  return document.querySelector("dialog");
}

test("a page left alone warns, stops its media, locks, and is left", async () => {
  await vi.advanceTimersByTimeAsync(14 * MINUTE - 1_000);
  expect(warning()).toBeNull();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(warning()?.textContent).toContain("Are you still there?");
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(locking).toBe(1);
  expect(posted).toHaveLength(1);
  expect(left).toEqual(["http://localhost/locked/?next=/"]);
});

test("a touch before the warning begins the time anew", async () => {
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  document.dispatchEvent(new Event("keydown"));
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(warning()).toBeNull();
  expect(posted).toEqual([]);
});

test("once the warning stands, only its button says that somebody is there", async () => {
  await vi.advanceTimersByTimeAsync(14 * MINUTE + 1_000);
  document.dispatchEvent(new Event("pointermove"));
  expect(warning()).not.toBeNull();
  warning()?.querySelector("button")?.click();
  expect(warning()).toBeNull();
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(posted).toEqual([]);
});

test("who speaks is there", async () => {
  await vi.advanceTimersByTimeAsync(14 * MINUTE + 1_000);
  document.dispatchEvent(new Event(PRESENT));
  expect(warning()).toBeNull();
});

test("another tab's person is there, and another tab's lock locks this one", async () => {
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  QuietChannel.newest.onmessage?.({ data: { kind: "active" } });
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(posted).toEqual([]);
  QuietChannel.newest.onmessage?.({ data: { kind: "locked", url: "/locked/" } });
  expect(locking).toBe(1);
  expect(left).toEqual(["/locked/"]);
});

test("locking at once needs no waiting, also without a network", async () => {
  vi.stubGlobal("fetch", vi.fn().mockRejectedValue(new TypeError()));
  document.dispatchEvent(new Event(LOCK_NOW));
  await vi.advanceTimersByTimeAsync(0);
  expect(locking).toBe(1);
  expect(left).toEqual([location.href]);
});
