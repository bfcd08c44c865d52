// @vitest-environment node
import { describe, expect, it } from "vitest";
import { decodeKid, encodeKid, INSTANCES } from "./kid";
import { Replays } from "./replay";
import { decodeHeader, deriveKey, encodeHeader, open, seal } from "./sframe";

const BASE_KEY = Uint8Array.from({ length: 16 }, (_, index) => index);
const PREFIX = Uint8Array.of(1, 2, 3);
const PICTURE = Uint8Array.from({ length: 40 }, (_, index) => 200 - index);

async function sealed(kid = 0x123456n, ctr = 9n) {
  const bytes = await seal(await deriveKey(BASE_KEY, kid, "encrypt"), ctr, PREFIX, PICTURE);
  const header = decodeHeader(bytes);
  if (!header) throw new Error("no header");
  return { bytes, header, key: await deriveKey(BASE_KEY, kid, "decrypt") };
}

describe("a sealed frame", () => {
  it("opens again with the same key, counter and prefix", async () => {
    const { bytes, header, key } = await sealed();
    expect(header).toMatchObject({ kid: 0x123456n, ctr: 9n });
    expect(await open(key, header, PREFIX, bytes)).toEqual(PICTURE);
  });

  it("does not open when any byte of header, ciphertext or tag is changed", async () => {
    const { bytes, key } = await sealed();
    for (let index = 0; index < bytes.length; index += 1) {
      const forged = bytes.slice();
      forged[index] = (forged[index] ?? 0) ^ 1;
      const header = decodeHeader(forged);
      expect(header && (await open(key, header, PREFIX, forged))).toBeNull();
    }
  });

  it("does not open behind another clear prefix", async () => {
    const { bytes, header, key } = await sealed();
    expect(await open(key, header, Uint8Array.of(1, 2, 4), bytes)).toBeNull();
  });

  it("does not open under another key id of the same epoch", async () => {
    const { bytes, header } = await sealed();
    const other = await deriveKey(BASE_KEY, 0x123457n, "decrypt");
    expect(await open(other, header, PREFIX, bytes)).toBeNull();
  });

  it("is refused, not thrown at, when it is cut off", async () => {
    const { bytes, key } = await sealed();
    for (let length = 0; length < bytes.length; length += 1) {
      const part = bytes.slice(0, length);
      const header = decodeHeader(part);
      expect(header && (await open(key, header, PREFIX, part))).toBeNull();
    }
  });
});

describe("a header", () => {
  const values = [0n, 1n, 7n, 8n, 255n, 256n, 65_536n, 2n ** 32n - 1n, 2n ** 48n, 2n ** 64n - 1n];

  it.each(values)("carries %s as key id and as counter", (value) => {
    for (const other of values) {
      expect(decodeHeader(encodeHeader(value, other))).toMatchObject({ kid: value, ctr: other });
      expect(decodeHeader(encodeHeader(other, value))).toMatchObject({ kid: other, ctr: value });
    }
  });
});

describe("a key id", () => {
  it("names kind, instance, leaf and epoch, and stays within six bytes", () => {
    const name = {
      kind: "screen",
      instance: INSTANCES - 1,
      leaf: 255,
      epochByte: 255,
    } as const;
    expect(decodeKid(encodeKid(name))).toEqual(name);
    expect(encodeKid(name) < 2n ** 48n).toBe(true);
  });

  it("of a kind that nobody sends is refused", () => {
    expect(decodeKid(0n)).toBeNull();
    expect(decodeKid(2n ** 60n)).toBeNull();
  });
});

describe("the replay window", () => {
  it("lets each counter open once, in any order within 256 frames", () => {
    const replays = new Replays();
    const order = Array.from({ length: 600 }, (_, index) => BigInt(index ^ 0xff));
    for (const ctr of order) {
      expect(replays.isFirst(1n, ctr)).toBe(true);
      expect(replays.isFirst(1n, ctr)).toBe(false);
    }
  });

  it("refuses what is older than the window, also after a jump", () => {
    const replays = new Replays();
    replays.isFirst(1n, 3n);
    replays.isFirst(1n, 1_000_000n);
    expect(replays.isFirst(1n, 3n)).toBe(false);
    expect(replays.isFirst(1n, 4n)).toBe(false);
    expect(replays.isFirst(1n, 1_000_000n)).toBe(false);
    expect(replays.isFirst(1n, 999_999n)).toBe(true);
  });

  it("counts for each key apart", () => {
    const replays = new Replays();
    expect(replays.isFirst(1n, 5n)).toBe(true);
    expect(replays.isFirst(2n, 5n)).toBe(true);
  });
});
