// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from "vitest";
import { KeyRing } from "./keys";
import { type EncodedFrame, Pipe } from "./pipe";

const MEMBERS = new Map([
  [0, "Thea"],
  [1, "Ana"],
]);
const KEYS = { epoch: 1, baseKey: new Uint8Array(16).fill(5), members: MEMBERS };

function frameOf(data: Uint8Array<ArrayBuffer>, ssrc = 11): EncodedFrame {
  return { data: data.slice().buffer, getMetadata: () => ({ synchronizationSource: ssrc }) };
}

function picture(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: 40 }, (_, index) => index * 2 + 1);
}

let sender: Pipe;
let receiver: Pipe;
let ring: KeyRing;

beforeEach(async () => {
  ring = new KeyRing();
  ring.install({ ...KEYS, ownLeaf: 0 });
  await ring.switchTo(1);
  const theirs = new KeyRing();
  theirs.install({ ...KEYS, ownLeaf: 1 });
  const line = { generation: 0, media: "camera" } as const;
  sender = new Pipe(ring, { ...line, mid: "1", sends: true });
  receiver = new Pipe(theirs, { ...line, mid: "18", sends: false });
});

async function through(pipe: Pipe, frame: EncodedFrame): Promise<Uint8Array | null> {
  let passed: Uint8Array | null = null;
  await pipe.transform(frame, (out) => {
    passed = new Uint8Array(out.data);
  });
  return passed;
}

describe("a line through the worker", () => {
  it("counts each frame, by layer, and says whose it was", async () => {
    const told = vi.fn();
    receiver.onSender = told;
    for (const ssrc of [11, 12, 11]) {
      const sealed = await through(sender, frameOf(picture(), ssrc));
      expect(sealed).not.toBeNull();
      await through(receiver, frameOf(sealed as Uint8Array<ArrayBuffer>));
    }
    expect(sender.counters()).toMatchObject({
      entered: 3,
      sealed: 3,
      dropped: 0,
      enteredBySsrc: { 11: 2, 12: 1 },
    });
    expect(receiver.counters()).toMatchObject({ entered: 3, opened: 3, dropped: 0 });
    expect(told.mock.calls).toEqual([["Thea"]]);
  });

  it("lets nothing pass as it is: not without a key, not in clear, not when reading it fails", async () => {
    ring.hold();
    expect(await through(sender, frameOf(picture()))).toBeNull();
    expect(await through(receiver, frameOf(picture()))).toBeNull();
    const broken = frameOf(picture());
    Object.defineProperty(broken, "getMetadata", {
      value: () => {
        throw new Error("detached");
      },
    });
    expect(await through(sender, broken)).toBeNull();
    expect(sender.counters()).toMatchObject({ entered: 2, sealed: 0, dropped: 2 });
    await ring.switchTo(1);
    expect(await through(sender, frameOf(picture()))).not.toBeNull();
  });

  it("asks for a whole picture once frames open again after some that did not", async () => {
    const asked = vi.fn();
    receiver.onKeyFrameNeeded = asked;
    const next = async () =>
      frameOf((await through(sender, frameOf(picture()))) as Uint8Array<ArrayBuffer>);
    await through(receiver, await next());
    expect(asked).not.toHaveBeenCalled();
    await through(receiver, frameOf(picture()));
    await through(receiver, await next());
    await through(receiver, await next());
    expect(asked).toHaveBeenCalledTimes(1);
  });
});
