import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakePeerConnection } from "../testing/fake-peer-connection";
import { FakeSocket } from "../testing/fake-socket";
import { greet, say, stubBrowser, unstubBrowser } from "../testing/session";
import { ANA, BEN, snapshot, THEA, waiting } from "../testing/snapshots";
import { LOCKING } from "./page-events";
import "../room";

const SESSION = "0f8fad5b-d9cb-469f-a165-70867728950e";

let room: HTMLElement;

beforeEach(() => {
  stubBrowser();
  sessionStorage.clear();
  sessionStorage.setItem(`quietroom.start.${SESSION}`, JSON.stringify({ mic: true, camera: true }));
});

afterEach(unstubBrowser);

async function enter(message = waiting()): Promise<void> {
  room = document.createElement("qr-room");
  room.dataset.session = SESSION;
  room.dataset.socketUrl = `ws://here/ws/session/${SESSION}/`;
  room.dataset.mode = "video";
  document.body.append(room);
  await vi.advanceTimersByTimeAsync(0);
  await greet(message);
}

function text(selector: string): string {
  return room.querySelector(selector)?.textContent ?? "";
}

function press(act: string): void {
  room.querySelector<HTMLButtonElement>(`[data-act="${act}"]`)?.click();
}

test("who arrives waits, sees themselves, and reads who sees what", async () => {
  await enter();
  expect(room.dataset.phase).toBe("waiting");
  expect(text(".waiting h2")).toBe("You are waiting");
  expect(text(".waiting__words")).toContain("Nobody sees or hears you");
  expect(text(".waiting__facts")).toContain("your verified name, and “Ana”");
  expect(room.querySelector<HTMLVideoElement>(".waiting video")?.srcObject).not.toBeNull();
});

test("without a therapist it says so, and that one is safe", async () => {
  await enter(waiting({ session: { host_present: false, state: "scheduled" } }));
  expect(text(".waiting h2")).toBe("You are waiting. It has not started yet");
  expect(text(".waiting__facts")).toContain("is not here yet");
});

test("admission shows the room on the same page, and says so aloud", async () => {
  await enter();
  await say(snapshot({ seats: [THEA, ANA, BEN] }));
  expect(room.dataset.phase).toBe("room");
  expect(room.querySelectorAll(".tile")).toHaveLength(3);
  expect(text(".visually-hidden[aria-live]")).toContain("You are in the room.");
  expect(room.querySelector<HTMLVideoElement>(".waiting video")?.srcObject ?? null).toBeNull();
});

test("a member has no rail; a host has one, also before the doors are open", async () => {
  await enter();
  const rail = room.querySelector<HTMLElement>(".rail");
  expect(rail?.hidden).toBe(true);
  const host = { waiting: [], at_the_door: [], seated: [] };
  await say(waiting({ own: { admission: null, role: "host" }, host }));
  expect(rail?.hidden).toBe(false);
  press("open-doors");
  expect(FakeSocket.newest.last("open_doors")).toEqual({ type: "open_doors" });
});

test("a lost connection is said in a notice of its own, and what is there stays", async () => {
  await enter(snapshot({ seats: [THEA, ANA] }));
  FakeSocket.newest.drop();
  expect(room.dataset.phase).toBe("reconnecting");
  expect(text(".room__notices")).toContain("You lost the connection.");
  expect(room.querySelectorAll(".tile")).toHaveLength(2);
});

test("a network that blocks calls is named after two failures", async () => {
  await enter();
  for (let tries = 0; tries < 2; tries += 1) {
    FakePeerConnection.newest.become("failed");
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(text(".room__notices")).toContain("Sound and picture cannot get through.");
});

test("not private now is one press, said by a notice, and undone by one press", async () => {
  await enter(snapshot());
  press("private");
  expect(FakeSocket.newest.last("state")).toMatchObject({ mic: false, private: false });
  expect(text(".room__notices")).toContain("Nobody hears or sees you now.");
  room.querySelector<HTMLButtonElement>('[data-notice="private"] button')?.click();
  await vi.advanceTimersByTimeAsync(0);
  expect(FakeSocket.newest.last("state")).toMatchObject({ private: true });
});

test("stepping away hides the others, and coming back is one press", async () => {
  await enter(snapshot({ seats: [THEA, ANA, BEN] }));
  press("away");
  expect(room.querySelector(".tile")).toBeNull();
  expect(text(".screen__title")).toBe("You have stepped away");
  press("back");
  expect(room.querySelectorAll(".tile")).toHaveLength(3);
});

test("a second device may take over, with a fresh factor only", async () => {
  await enter();
  await say({ type: "second_device", url: "/step-up/?next=/", factor_is_fresh: false });
  expect(text(".screen__title")).toBe("You are already in on another device");
  expect(room.querySelector('[data-act="take-over"]')).toBeNull();
  expect(room.querySelector(".screen a.button")?.getAttribute("href")).toBe("/step-up/?next=/");
  await say({ type: "second_device", url: "/step-up/?next=/", factor_is_fresh: true });
  press("take-over");
  expect(FakeSocket.newest.last("take_over")).toEqual({ type: "take_over" });
});

test("the end is shown in the server's words, with what to do next", async () => {
  await enter(snapshot());
  const closed = {
    reason: "removed",
    title: "You have left",
    body: "Neutral.",
    next_url: "/left/",
  };
  await say({ type: "closed", ...closed });
  expect(room.dataset.phase).toBe("closed");
  expect(text(".screen__title")).toBe("You have left");
  expect(room.querySelector(".screen a.button")?.getAttribute("href")).toBe("/left/");
  expect(room.querySelector(".tile")).toBeNull();
});

test("a door that is closed for a while is a screen that can be asked again", async () => {
  room = document.createElement("qr-room");
  room.dataset.session = SESSION;
  room.dataset.socketUrl = "ws://here/ws/";
  document.body.append(room);
  await vi.advanceTimersByTimeAsync(0);
  FakeSocket.newest.open();
  await say({
    type: "error",
    code: "cooling_down",
    text: "Not just now.",
    next: "In two minutes.",
  });
  expect(text(".screen")).toContain("Not just now.In two minutes.");
  room.querySelector<HTMLButtonElement>(".screen button")?.click();
  expect(FakeSocket.newest.types()).toEqual(["hello", "hello"]);
});

test("leaving asks once, and staying is the first choice", async () => {
  await enter(snapshot());
  press("leave");
  const dialog = document.querySelector("dialog");
  expect(dialog?.querySelector("h2")?.textContent).toBe("Leave the session?");
  expect(FakeSocket.newest.last("leave")).toBeUndefined();
  const leave = [...(dialog?.querySelectorAll("button") ?? [])];
  leave.find((button) => button.textContent === "Leave")?.click();
  expect(FakeSocket.newest.last("leave")).toEqual({ type: "leave" });
});

test("who sees me lists everybody who is connected, and nobody else", async () => {
  await enter(snapshot({ seats: [THEA, ANA, BEN] }));
  press("who");
  const names = [...document.querySelectorAll("dialog li")].map((one) => one.textContent);
  expect(names).toEqual(["Thea, therapist", "Ben"]);
});

test("single keys work, but not while typing or in a dialog", async () => {
  await enter(snapshot());
  const key = (target: EventTarget, name: string) =>
    target.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  key(document.body, "m");
  expect(FakeSocket.newest.last("state")).toMatchObject({ mic: false });
  const input = document.createElement("input");
  document.body.append(input);
  key(input, "v");
  expect(FakeSocket.newest.last("state")).toMatchObject({ camera: true });
  press("keys");
  key(document.body, "v");
  expect(FakeSocket.newest.last("state")).toMatchObject({ camera: true });
});

test("the idle lock stops the media before the page is left", async () => {
  await enter(snapshot());
  const camera = FakePeerConnection.newest.lines[1]?.sender.track;
  document.dispatchEvent(new Event(LOCKING));
  expect(camera?.readyState).toBe("ended");
  expect(FakePeerConnection.newest.isClosed).toBe(true);
});

test("a blocked camera is explained, and one can go on without it", async () => {
  const refused = vi.fn().mockRejectedValue(new DOMException("", "NotAllowedError"));
  vi.stubGlobal("navigator", {
    userAgent: "",
    mediaDevices: {
      getUserMedia: refused,
      addEventListener: () => {},
      removeEventListener: () => {},
    },
  });
  await enter();
  expect(text('[data-notice="camera"]')).toContain("Your browser may not use the camera.");
  const without = [...room.querySelectorAll<HTMLButtonElement>('[data-notice="camera"] button')];
  without.find((button) => button.textContent === "Go on without")?.click();
  expect(room.querySelector('[data-notice="camera"]')).toBeNull();
  expect(room.querySelector('[data-notice="mic"]')).not.toBeNull();
});
