// @vitest-environment node
import { describe, expect, it } from "vitest";
import { ShownCode, safetyCode, spoken } from "./safety";

const ONE = new Uint8Array(32).fill(1);
const OTHER = new Uint8Array(32).fill(2);

describe("the safety code", () => {
  it("is 30 digits, the same for the same group and another for another", async () => {
    const code = await safetyCode(ONE);
    expect(code).toMatch(/^\d{30}$/);
    expect(await safetyCode(ONE)).toBe(code);
    expect(await safetyCode(OTHER)).not.toBe(code);
  });

  it("is read in six groups of five", () => {
    expect(spoken("000001111122222333334444455555")).toEqual([
      "00000",
      "11111",
      "22222",
      "33333",
      "44444",
      "55555",
    ]);
  });
});

describe("the code on the screen", () => {
  it("follows the group, except while people compare", () => {
    const shown = new ShownCode();
    shown.update("1");
    shown.freeze();
    shown.update("2");
    expect([shown.text, shown.isFrozen, shown.isStale]).toEqual(["1", true, true]);
    shown.release();
    expect([shown.text, shown.isFrozen, shown.isStale]).toEqual(["2", false, false]);
  });

  it("stays the one that was frozen first", () => {
    const shown = new ShownCode();
    shown.update("1");
    shown.freeze();
    shown.update("2");
    shown.freeze();
    expect(shown.text).toBe("1");
  });
});
