// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Bytes } from "./bytes";
import { FrameOpener, prefixLength, sealFrame } from "./frames";
import { type EpochKeys, GRACE_MS, KeyRing, NEWER_FOR_MS, WAIT_MS } from "./keys";
import type { MediaKind } from "./kid";

const MEMBERS = new Map([
  [0, "Thea"],
  [1, "Ana"],
]);
const KEY_FRAME = Uint8Array.from({ length: 60 }, (_, index) => index * 2);
const THEAS = { sender: "Thea" };
const DELTA_FRAME = Uint8Array.from({ length: 30 }, (_, index) => index * 2 + 1);

function keysOf(epoch: number, ownLeaf: number, members = MEMBERS): EpochKeys {
  return { epoch, ownLeaf, members, baseKey: new Uint8Array(16).fill(epoch) };
}

async function sender(epoch = 1, leaf = 0): Promise<KeyRing> {
  const ring = new KeyRing();
  ring.install(keysOf(epoch, leaf));
  await ring.switchTo(epoch);
  return ring;
}

function receiver(epoch = 1): KeyRing {
  const ring = new KeyRing();
  ring.install(keysOf(epoch, 1));
  return ring;
}

async function sealed(ring: KeyRing, frame = KEY_FRAME, kind: MediaKind = "camera") {
  const made = await sealFrame(ring, kind, frame, undefined);
  if (!made) throw new Error("it was not sealed");
  return made;
}

describe("a frame on its way", () => {
  it.each([
    ["a key frame", KEY_FRAME, 10],
    ["a delta frame", DELTA_FRAME, 1],
  ])("%s keeps its first bytes, hides the rest, and opens as it was", async (_, frame, clear) => {
    const wire = await sealed(await sender(), frame);
    expect(prefixLength("camera", frame)).toBe(clear);
    expect(wire.subarray(0, clear)).toEqual(frame.subarray(0, clear));
    expect(wire.subarray(clear).join().includes(frame.subarray(clear).join())).toBe(false);
    const opened = await new FrameOpener(receiver(), "camera").open(wire);
    expect(opened).toEqual({ frame, sender: "Thea" });
  });

  it("leaves nothing of an Opus frame clear", async () => {
    expect(prefixLength("mic", KEY_FRAME)).toBe(0);
    const wire = await sealed(await sender(), KEY_FRAME, "mic");
    expect(await new FrameOpener(receiver(), "audio").open(wire)).toMatchObject({
      frame: KEY_FRAME,
    });
  });

  it("does not leave without a key, without a switch, and after a hold", async () => {
    const ring = new KeyRing();
    expect(await sealFrame(ring, "mic", KEY_FRAME, undefined)).toBeNull();
    ring.install(keysOf(1, 0));
    expect(await sealFrame(ring, "mic", KEY_FRAME, undefined)).toBeNull();
    await ring.switchTo(1);
    expect(await sealFrame(ring, "mic", KEY_FRAME, undefined)).not.toBeNull();
    ring.hold();
    expect(await sealFrame(ring, "mic", KEY_FRAME, undefined)).toBeNull();
  });

  it("does not leave in a codec whose clear part is not known", async () => {
    const ring = await sender();
    expect(await sealFrame(ring, "camera", KEY_FRAME, "video/AV1")).toBeNull();
    expect(await sealFrame(ring, "camera", KEY_FRAME, "video/VP8")).not.toBeNull();
  });

  it("opens once: on the same line and on every other one a replay is dropped", async () => {
    const ring = receiver();
    const opener = new FrameOpener(ring, "camera");
    const wire = await sealed(await sender());
    expect(await opener.open(wire)).toMatchObject(THEAS);
    expect(await opener.open(wire)).toBe("refused");
    expect(await new FrameOpener(ring, "camera").open(wire)).toBe("refused");
  });

  it("opens once, though two lines are given it at the same moment", async () => {
    const ring = receiver();
    const wire = await sealed(await sender());
    const lines = [new FrameOpener(ring, "camera"), new FrameOpener(ring, "camera")];
    const opened = await Promise.all(lines.map((line) => line.open(wire)));
    expect(opened.filter((one) => one === "refused")).toHaveLength(1);
  });

  it("opens only on a line of its own kind", async () => {
    const wire = await sealed(await sender(), DELTA_FRAME, "camera");
    expect(await new FrameOpener(receiver(), "screen").open(wire)).toBe("refused");
    expect(typeof (await new FrameOpener(receiver(), "audio").open(wire))).toBe("string");
    expect(await new FrameOpener(receiver(), "camera").open(wire)).toMatchObject(THEAS);
  });

  it("of a leaf that is not in the epoch does not open, nor does one's own", async () => {
    const stranger = new KeyRing();
    stranger.install(keysOf(1, 5));
    await stranger.switchTo(1);
    expect(await new FrameOpener(receiver(), "camera").open(await sealed(stranger))).toBe("no-key");
    const own = await sealed(await sender(1, 1));
    expect(await new FrameOpener(receiver(), "camera").open(own)).toBe("no-key");
  });
});

describe("two pages of one member", () => {
  it("never use the same key, whatever counters they start from", async () => {
    const before = await sealed(await sender());
    const after = await sealed(await sender());
    expect(after).not.toEqual(before);
    const opener = new FrameOpener(receiver(), "camera");
    expect(await opener.open(before)).toMatchObject(THEAS);
    expect(await opener.open(after)).toMatchObject(THEAS);
  });

  it("switching twice to one epoch goes on counting", async () => {
    const ring = await sender();
    const first = await sealed(ring);
    ring.hold();
    await ring.switchTo(1);
    expect(await sealed(ring)).not.toEqual(first);
  });
});

describe("while keys change", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("frames of the former epoch open for ten seconds and not longer", async () => {
    const former = await sender(1);
    const ring = receiver(1);
    const opener = new FrameOpener(ring, "camera");
    ring.install(keysOf(2, 1));
    await vi.advanceTimersByTimeAsync(GRACE_MS - 1);
    expect(await opener.open(await sealed(former))).toMatchObject(THEAS);
    await vi.advanceTimersByTimeAsync(2);
    expect(await opener.open(await sealed(former))).toBe("no-key");
  });

  it("a frame of the next epoch waits for its key", async () => {
    const ring = receiver(1);
    const opening = new FrameOpener(ring, "camera").open(await sealed(await sender(2)));
    await vi.advanceTimersByTimeAsync(WAIT_MS - 10);
    ring.install(keysOf(2, 1));
    expect(await opening).toMatchObject(THEAS);
  });

  it("it waits 150 ms and not longer, and those behind it do not wait again", async () => {
    const ring = receiver(1);
    const opener = new FrameOpener(ring, "camera");
    const ahead = await sender(2);
    const [first, second] = [await sealed(ahead), await sealed(ahead)];
    const settled = vi.fn();
    void opener.open(first).then(settled);
    await vi.advanceTimersByTimeAsync(WAIT_MS - 10);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(11);
    expect(settled).toHaveBeenCalledWith("no-key");
    expect(await opener.open(second)).toBe("no-key");
  });

  it("a frame of an epoch that is long gone does not wait at all", async () => {
    const ring = receiver(9);
    expect(await new FrameOpener(ring, "camera").open(await sealed(await sender(3)))).toBe(
      "no-key",
    );
  });

  async function newerFramesFor(ms: number, everyMs: number): Promise<KeyRing> {
    const ring = await sender(1, 1);
    ring.onMissingCommit = vi.fn();
    const opener = new FrameOpener(ring, "camera");
    const ahead = await sender(2);
    for (let passed = 0; passed <= ms; passed += everyMs) {
      void opener.open(await sealed(ahead));
      await vi.advanceTimersByTimeAsync(everyMs);
    }
    return ring;
  }

  it("newer frames for two seconds without their commit stop the senders", async () => {
    const ring = await newerFramesFor(NEWER_FOR_MS, 100);
    expect(ring.sendingEpoch).toBeNull();
    expect(ring.onMissingCommit).toHaveBeenCalledTimes(1);
  });

  it("newer frames for less than that do not", async () => {
    const ring = await newerFramesFor(NEWER_FOR_MS - 300, 100);
    expect(ring.sendingEpoch).toBe(1);
    expect(ring.onMissingCommit).not.toHaveBeenCalled();
  });

  it("the commit, when it comes, opens the senders again", async () => {
    const ring = await newerFramesFor(NEWER_FOR_MS, 100);
    ring.install(keysOf(2, 1));
    await ring.switchTo(2);
    expect(await sealFrame(ring, "mic", DELTA_FRAME as Bytes, undefined)).not.toBeNull();
  });
});
