// @vitest-environment node
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

function stateAfter(state: RoomState, ...messages: ServerMessage[]): RoomState {
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
    const waits = stateAfter(start, waiting());
    expect(phaseOf(waits)).toBe("waiting");
    expect(phaseOf(stateAfter(waits, snapshot()))).toBe("room");
  });

  test("is reconnecting while signalling is down, in the room only", () => {
    const seated = stateAfter(initialState(), snapshot());
    expect(phaseOf(reduce(seated, { kind: "link", link: "retrying" }))).toBe("reconnecting");
    const waits = stateAfter(initialState(), waiting());
    expect(phaseOf(reduce(waits, { kind: "link", link: "retrying" }))).toBe("waiting");
  });

  test("is reconnecting when media that was up is gone, not before it was up", () => {
    const seated = stateAfter(initialState(), snapshot());
    expect(phaseOf(reduce(seated, { kind: "peer", peer: "lost" }))).toBe("room");
    const up = withMedia(seated);
    expect(phaseOf(reduce(up, { kind: "peer", peer: "lost" }))).toBe("reconnecting");
  });

  test("of a second device ends with the welcome that follows taking over", () => {
    const second = {
      n: 1,
      type: "second_device",
      url: "/step-up/",
      factor_is_fresh: true,
    } as const;
    const asked = stateAfter(initialState(), second);
    expect(phaseOf(asked)).toBe("second-device");
    expect(phaseOf(stateAfter(asked, snapshot()))).toBe("second-device");
    const welcome: ServerMessage = { n: 3, type: "welcome", ice_servers: [], ping_seconds: 15 };
    expect(phaseOf(stateAfter(asked, welcome, waiting()))).toBe("waiting");
  });

  test("closed is final", () => {
    const closed = { n: 2, type: "closed", reason: "removed", title: "", body: "", next_url: "/" };
    const state = stateAfter(initialState(), snapshot(), closed as ServerMessage, snapshot());
    expect(phaseOf(state)).toBe("closed");
  });
});

describe("what leaves this device", () => {
  test("is nothing before a seat, whatever the person wishes and the message allows", () => {
    const eager = waiting({ own: { may_send_mic: true, may_send_camera: true } });
    const state = stateAfter(initialState(ALL_ON), eager);
    expect([isSending(state, "mic"), isSending(state, "camera")]).toEqual([false, false]);
  });

  test("is what the person wishes once seated", () => {
    const state = stateAfter(initialState({ mic: true }), waiting(), snapshot());
    expect([isSending(state, "mic"), isSending(state, "camera")]).toEqual([true, false]);
  });

  test.each([
    ["private", { notPrivate: true }],
    ["away", { away: true }],
  ] as const)("is nothing while %s", (why, wishes) => {
    const seated = stateAfter(initialState(ALL_ON), snapshot());
    const state = reduce(seated, { kind: "wishes", wishes });
    expect([isSending(state, "mic"), isSending(state, "camera")]).toEqual([false, false]);
    expect(hindrance(state, "mic")).toBe(why);
  });

  test("is sound without picture with sound only", () => {
    const seated = stateAfter(initialState(ALL_ON), snapshot());
    const state = reduce(seated, { kind: "wishes", wishes: { audioOnly: true } });
    expect([isSending(state, "mic"), isSending(state, "camera")]).toEqual([true, false]);
  });

  test("follows the way of joining", () => {
    const listens = stateAfter(initialState(ALL_ON), snapshot({ own: { mode: "text" } }));
    expect([isSending(listens, "mic"), isSending(listens, "camera")]).toEqual([false, false]);
    const speaks = stateAfter(initialState(ALL_ON), snapshot({ own: { mode: "audio" } }));
    expect([isSending(speaks, "mic"), isSending(speaks, "camera")]).toEqual([true, false]);
  });

  test("stops for members while the session is paused, not for hosts", () => {
    const paused = { session: { suspended: true } };
    const member = stateAfter(initialState(ALL_ON), snapshot(paused));
    expect(hindrance(member, "mic")).toBe("suspended");
    const host = stateAfter(
      initialState(ALL_ON),
      snapshot({ ...paused, host: { waiting: [], at_the_door: [], seated: [] } }),
    );
    expect(isSending(host, "mic")).toBe(true);
  });
});

describe("nobody turns on what a person did not", () => {
  test("a mute outlasts the right being given back", () => {
    const muted = stateAfter(
      initialState(ALL_ON),
      snapshot(),
      snapshot({ own: { may_send_mic: false } }),
    );
    expect(hindrance(muted, "mic")).toBe("host");
    const allowed = stateAfter(muted, snapshot());
    expect(hindrance(allowed, "mic")).toBeNull();
    expect([isSending(allowed, "mic"), isSending(allowed, "camera")]).toEqual([false, true]);
  });

  test("a pause outlasts its end", () => {
    const paused = snapshot({ session: { suspended: true } });
    const state = stateAfter(initialState(ALL_ON), snapshot(), paused, snapshot());
    expect([isSending(state, "mic"), isSending(state, "camera")]).toEqual([false, false]);
  });

  test("a new admission after a return starts silent", () => {
    const state = stateAfter(initialState(ALL_ON), snapshot(), waiting(), snapshot());
    expect([isSending(state, "mic"), isSending(state, "camera")]).toEqual([false, false]);
  });

  test("a right that was missing from the start turns nothing on when it comes", () => {
    const state = stateAfter(
      initialState(ALL_ON),
      snapshot({ own: { may_send_mic: false } }),
      snapshot(),
    );
    expect(isSending(state, "mic")).toBe(false);
  });

  test("but the first admission starts as chosen", () => {
    const state = stateAfter(initialState(ALL_ON), waiting(), waiting(), snapshot());
    expect([isSending(state, "mic"), isSending(state, "camera")]).toEqual([true, true]);
  });
});

test("who came without a private space enters unheard and unseen", () => {
  const seats = [THEA, { ...ANA, private: false }];
  const state = stateAfter(initialState(ALL_ON), waiting(), snapshot({ seats }));
  expect(hindrance(state, "mic")).toBe("private");
  const back = reduce(state, { kind: "wishes", wishes: { notPrivate: false } });
  expect(isSending(stateAfter(back, snapshot({ seats })), "mic")).toBe(true);
});

test("a returned person is told so until seated again", () => {
  const returned = stateAfter(initialState(), snapshot(), waiting());
  expect(returned.wasReturned).toBe(true);
  expect(stateAfter(returned, waiting()).wasReturned).toBe(true);
  expect(stateAfter(returned, snapshot()).wasReturned).toBe(false);
  expect(stateAfter(initialState(), waiting()).wasReturned).toBe(false);
});

test("the circle follows the seat numbers, in whatever order they arrive", () => {
  const state = stateAfter(initialState(), snapshot({ seats: [BEN, THEA, ANA] }));
  expect(circle(state).map((seat) => seat.alias)).toEqual(["Thea", "Ana", "Ben"]);
});

test("slots say which line carries whom, and are forgotten without a seat", () => {
  const slots = { n: 2, type: "slots", slots: [{ mid: "18", source: "camera", seat: 1 }] } as const;
  const seated = stateAfter(initialState(), snapshot(), slots as unknown as ServerMessage);
  expect(midOf(seated, 1, "camera")).toBe("18");
  expect(midOf(seated, 1, "mic")).toBeNull();
  expect(midOf(stateAfter(seated, waiting()), 1, "camera")).toBeNull();
});
