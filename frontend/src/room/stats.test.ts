// @vitest-environment node
import { expect, test } from "vitest";
import { readings } from "./stats";

test("frames, heard samples and loudness are read per line", () => {
  const report = new Map([
    ["v", { type: "inbound-rtp", kind: "video", mid: "18", framesDecoded: 7 }],
    [
      "a",
      {
        type: "inbound-rtp",
        kind: "audio",
        mid: "3",
        totalSamplesReceived: 960,
        concealedSamples: 160,
        audioLevel: 0.3,
      },
    ],
    ["own", { type: "media-source", kind: "audio", audioLevel: 0.1 }],
    ["out", { type: "outbound-rtp", kind: "video", mid: "1" }],
  ]);
  const { lines, ownLevel } = readings(report);
  expect(lines.get("18")).toEqual({ framesDecoded: 7, audioSamples: 0, audioLevel: 0 });
  expect(lines.get("3")).toEqual({ framesDecoded: 0, audioSamples: 800, audioLevel: 0.3 });
  expect([...lines.keys()]).toEqual(["18", "3"]);
  expect(ownLevel).toBe(0.1);
});
