import { describe, expect, it } from "vitest";
import { hasLeaked, type Sent, sentBy } from "./guard";
import type { LineCounters } from "./protocol";

const VIDEO: Sent = { ssrc: 7, kind: "video", frames: 30, bytes: 40_000 };

function seen(entered: number, sealed = entered, ssrc = 7): LineCounters {
  const enteredBySsrc = { [ssrc]: entered };
  return {
    mid: "1",
    generation: 0,
    entered,
    sealed,
    opened: 0,
    dropped: 0,
    keyless: 0,
    enteredBySsrc,
  };
}

describe("what left went through the worker", () => {
  it("as long as the worker has seen at least as many frames", () => {
    expect(hasLeaked([VIDEO], seen(30))).toBe(false);
    expect(hasLeaked([VIDEO], seen(31))).toBe(false);
  });

  it("not when one frame more was sent than the worker saw", () => {
    expect(hasLeaked([VIDEO], seen(29))).toBe(true);
  });

  it("not when one layer bypassed it, however many frames the others brought", () => {
    expect(hasLeaked([VIDEO, { ...VIDEO, ssrc: 8 }], seen(500))).toBe(true);
  });

  it("not when anything was sent and the worker sealed nothing", () => {
    expect(hasLeaked([VIDEO], seen(30, 0))).toBe(true);
    expect(hasLeaked([VIDEO], undefined)).toBe(true);
  });

  it("when nothing was sent, sealed or not", () => {
    const silent = { ...VIDEO, frames: 0, bytes: 0 };
    expect(hasLeaked([silent], undefined)).toBe(false);
    expect(hasLeaked([silent], seen(12, 0))).toBe(false);
  });
});

describe("the browser's own counts", () => {
  it("take audio packets without repetitions, and video frames", () => {
    const report = new Map<string, unknown>([
      ["a", { type: "inbound-rtp", ssrc: 1 }],
      [
        "b",
        {
          type: "outbound-rtp",
          kind: "audio",
          ssrc: 2,
          packetsSent: 110,
          retransmittedPacketsSent: 10,
          bytesSent: 9_000,
        },
      ],
      ["c", { type: "outbound-rtp", kind: "video", ssrc: 3, framesSent: 5, bytesSent: 700 }],
    ]);
    expect(sentBy(report as unknown as RTCStatsReport)).toEqual([
      { ssrc: 2, kind: "audio", frames: 100, bytes: 9_000 },
      { ssrc: 3, kind: "video", frames: 5, bytes: 700 },
    ]);
  });
});
