import { describe, expect, it } from "vitest";
import { judge, type Sent, sentBy } from "./guard";
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
    expect(judge([VIDEO], seen(30))).toBe("sound");
    expect(judge([VIDEO], seen(31))).toBe("sound");
  });

  it("unless the worker stays behind by a frame", () => {
    expect(judge([VIDEO], seen(29))).toBe("behind");
  });

  it("unless it stays behind in one layer, however many frames the others brought", () => {
    expect(judge([VIDEO, { ...VIDEO, ssrc: 8 }], seen(500))).toBe("behind");
  });

  it("not when anything was sent and the worker sealed nothing", () => {
    expect(judge([VIDEO], seen(30, 0))).toBe("leak");
    expect(judge([VIDEO], undefined)).toBe("leak");
  });

  it("when nothing was sent, sealed or not", () => {
    const silent = { ...VIDEO, frames: 0, bytes: 0 };
    expect(judge([silent], undefined)).toBe("sound");
    expect(judge([silent], seen(12, 0))).toBe("sound");
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
