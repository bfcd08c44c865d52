// @vitest-environment node
import { describe, expect, it } from "vitest";
import { utf8, uuidBytes } from "./bytes";
import { decodeIdentity, encodeIdentity } from "./identity";
import { decodeContent, encodeContent } from "./said";

const ANA = { admission: "0a0b0c0d-0000-4000-8000-000000000001", alias: "Ana" };

describe("the name in a credential", () => {
  it("reads as it was written", () => {
    expect(decodeIdentity(encodeIdentity(ANA))).toEqual(ANA);
  });

  it.each([
    ["no JSON", "Ana"],
    ["another form", '{"admission":"0a0b0c0d-0000-4000-8000-000000000001"}'],
    ["something more", JSON.stringify({ ...ANA, role: "therapist" })],
    ["no admission", JSON.stringify({ ...ANA, admission: "Ana" })],
    ["no text", JSON.stringify({ ...ANA, alias: 7 })],
    ["nothing", "null"],
    ["too much", JSON.stringify({ ...ANA, alias: "a".repeat(600) })],
  ])("is refused when it is %s", (_, text) => {
    expect(() => decodeIdentity(utf8(text))).toThrow(/^identity\./);
  });
});

describe("what is said", () => {
  it("reads as it was written", () => {
    const content = { to: "everybody", text: "good evening ✋" } as const;
    expect(decodeContent(encodeContent(content))).toEqual(content);
  });

  it.each(["", "{}", '{"to":"everybody"}', '{"to":"hosts","sealed":[1]}', '{"to":"x","text":"y"}'])(
    "is refused as %s",
    (text) => {
      expect(() => decodeContent(utf8(text))).toThrow("content.malformed");
    },
  );
});

describe("a group's name", () => {
  it("is the 16 bytes of a UUID and nothing else", () => {
    expect(uuidBytes(ANA.admission).slice(0, 4)).toEqual(Uint8Array.of(10, 11, 12, 13));
    expect(() => uuidBytes("Ana")).toThrow(RangeError);
  });
});
