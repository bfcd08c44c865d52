import { describe, expect, test } from "vitest";
import { ANA, BEN, snapshot, THEA, waiting } from "../testing/snapshots";
import type { ServerMessage } from "./protocol.gen";
import {
  circle,
  hindrance,
  initialState,
  isSending,
  midOf,
  phaseOf,
  type RoomState,
  reduce,
} from "./store";

const ALL_ON = { mic: true, camera: true };

function after(state: RoomState, ...messages: ServerMessage[]): RoomState {
  const open = reduce(state, { kind: "link", link: "open" });
  return messages.reduce((one, message) => reduce(one, { kind: "message", message }), open);
}

function withMedia(state: RoomState): RoomState {
  return reduce(state, { kind: "peer", peer: "connected" });
}

describe("the phase", () => {
  test("goes from connecting over waiting into the room", () => {
    const start = initialState();
    expect(phaseOf(start)).toBe("connecting");
    const waits = after(start, waiting());
    expect(phaseOf(waits)).toBe("waiting");
    expect(phaseOf(after(waits, snapshot()))).toBe("room");
  });

  test("is reconnecting while signalling is down, in the room only", () => {
    const seated = after(initialState(), snapshot());
    expect(phaseOf(reduce(seated, { kind: "link", link: "retrying" }))).toBe("reconnecting");
    const waits = after(initialState(), waiting());
    expect(phaseOf(reduce(waits, { kind: "link", link: "retrying" }))).toBe("waiting");
  });

  test("is reconnecting when media that was up is gone, not before it was up", () => {
    const seated = after(initialState(), snapshot());
    expect(phaseOf(reduce(seated, { kind: "peer", peer: "lost" }))).toBe("room");
    const up = withMedia(seated);
    expect(phaseOf(reduce(up, { kind: "peer", peer: "lost" }))).toBe("reconnecting");
  });

  test("of a second device ends with the snapshot that follows taking over", () => {
    const second = { n: 1, type: "second_device", url: "/step-up/", factor_is_fresh: true } as const;
    const asked = after(initialState(), second);
    expect(phaseOf(asked)).toBe("second-device");
    expect(phaseOf(after(asked, waiting()))).toBe("waiting");
  });

  test("closed is final", () => {
    const closed = { n: 2, type: "closed", reason: "removed", title: "", body: "", next_url: "/" };
    const state = after(initialState(), snapshot(), closed as ServerMessage, snapshot());
    expect(phaseOf(state)).toBe("closed");
  });
});

describe("what leaves this device", () => {
  test("is nothing before a seat, whatever the person wishes and the message allows", () => {
    const eager = waiting({ own: { may_send_mic: true, may_send_camera: true } });
    const state = after(initialState(ALL_ON), eager);
    expect([isSending(state, "mic"), isSending(state, "camera")]).toEqual([false, false]);
  });

  test("is what the person wishes once seated", () => {
    const state = after(initialState({ mic: true }), waiting(), snapshot());
    expect([isSending(state, "mic"), isSending(state, "camera")]).toEqual([true, false]);
  });

  test.each([
    ["private", { private: true }],
    ["away", { away: true }],
  ] as const)("is nothing while %s", (why, wishes) => {
    const seated = after(initialState(ALL_ON), snapshot());
    const state = reduce(seated, { kind: "wishes", wishes });
    expect([isSending(state, "mic"), isSending(state, "camera")]).toEqual([false, false]);
    expect(hindrance(state, "mic")).toBe(why);
  });

  test("is sound without picture with sound only", () => {
    const seated = after(initialState(ALL_ON), snapshot());
    const state = reduce(seated, { kind: "wishes", wishes: { audioOnly: true } });
    expect([isSending(state, "mic"), isSending(state, "camera")]).toEqual([true, false]);
  });

  test("follows the way of joining", () => {
    const listens = after(initialState(ALL_ON), snapshot({ own: { mode: "text" } }));
    expect([isSending(listens, "mic"), isSending(listens, "camera")]).toEqual([false, false]);
    const speaks = after(initialState(ALL_ON), snapshot({ own: { mode: "audio" } }));
    expect([isSending(speaks, "mic"), isSending(speaks, "camera")]).toEqual([true, false]);
  });

  test("stops for members while the session is paused, not for hosts", () => {
    const paused = { session: { suspended: true } };
    const member = after(initialState(ALL_ON), snapshot(paused));
    expect(hindrance(member, "mic")).toBe("suspended");
    const host = after(
      initialState(ALL_ON),
      snapshot({ ...paused, host: { waiting: [], at_the_door: [], seated: [] } }),
    );
    expect(isSending(host, "mic")).toBe(true);
  });
});

describe("nobody turns on what a person did not", () => {
  test("a mute outlasts the right being given back", () => {
    const muted = after(initialState(ALL_ON), snapshot(), snapshot({ own: { may_send_mic: false } }));
    expect(hindrance(muted, "mic")).toBe("host");
    const allowed = after(muted, snapshot());
    expect(hindrance(allowed, "mic")).toBeNull();
    expect([isSending(allowed, "mic"), isSending(allowed, "camera")]).toEqual([false, true]);
  });

  test("a pause outlasts its end", () => {
    const paused = snapshot({ session: { suspended: true } });
    const state = after(initialState(ALL_ON), snapshot(), paused, snapshot());
    expect([isSending(state, "mic"), isSending(state, "camera")]).toEqual([false, false]);
  });

  test("a new admission after a return starts silent", () => {
    const state = after(initialState(ALL_ON), snapshot(), waiting(), snapshot());
    expect([isSending(state, "mic"), isSending(state, "camera")]).toEqual([false, false]);
  });

  test("but the first admission starts as chosen", () => {
    const state = after(initialState(ALL_ON), waiting(), waiting(), snapshot());
    expect([isSending(state, "mic"), isSending(state, "camera")]).toEqual([true, true]);
  });
});

test("a returned person is told so until seated again", () => {
  const returned = after(initialState(), snapshot(), waiting());
  expect(returned.wasReturned).toBe(true);
  expect(after(returned, waiting()).wasReturned).toBe(true);
  expect(after(returned, snapshot()).wasReturned).toBe(false);
  expect(after(initialState(), waiting()).wasReturned).toBe(false);
});

test("the circle follows the seat numbers, in whatever order they arrive", () => {
  const state = after(initialState(), snapshot({ seats: [BEN, THEA, ANA] }));
  expect(circle(state).map((seat) => seat.alias)).toEqual(["Thea", "Ana", "Ben"]);
});

test("slots say which line carries whom, and are forgotten without a seat", () => {
  const slots = { n: 2, type: "slots", slots: [{ mid: "18", source: "camera", seat: 1 }] } as const;
  const seated = after(initialState(), snapshot(), slots as unknown as ServerMessage);
  expect(midOf(seated, 1, "camera")).toBe("18");
  expect(midOf(seated, 1, "mic")).toBeNull();
  expect(midOf(after(seated, waiting()), 1, "camera")).toBeNull();
});
