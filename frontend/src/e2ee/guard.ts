/**
 * Proves that what left went through the worker: Chromium ignores a transform that came too late.
 *
 * The counts are the browser's own of what it sent, taken before the worker's of what it saw. The `rtctransform` event is no
 * proof, it fires also when the transform does nothing.
 */
import type { LineCounters } from "./protocol";

/** From one outbound-rtp report. */
export interface Sent {
  readonly ssrc: number;
  readonly kind: "audio" | "video";
  /** Video frames, or audio packets without repetitions: one packet holds one Opus frame. */
  readonly frames: number;
  /** Of payload, without headers and padding. */
  readonly bytes: number;
}

export function sentBy(report: RTCStatsReport): Sent[] {
  const found: Sent[] = [];
  for (const entry of report.values()) {
    if (entry.type !== "outbound-rtp") continue;
    const packets = (entry.packetsSent ?? 0) - (entry.retransmittedPacketsSent ?? 0);
    found.push({
      ssrc: entry.ssrc,
      kind: entry.kind,
      frames: entry.kind === "video" ? (entry.framesSent ?? 0) : packets,
      bytes: entry.bytesSent ?? 0,
    });
  }
  return found;
}

/** `behind` is a leak unless the worker catches up: see `judge`. */
export type Verdict = "sound" | "behind" | "leak";

/**
 * Has this line sent what the worker never saw, or anything at all while nothing was sealed?
 *
 * Browsers count a video frame as sent when it is encoded, before the worker is given it: a worker
 * that is kept busy is behind for a moment, one that is passed by for good.
 */
export function judge(sent: readonly Sent[], seen: LineCounters | undefined): Verdict {
  const bytes = sent.reduce((sum, { bytes }) => sum + bytes, 0);
  if (!seen || seen.sealed === 0) return bytes > 0 ? "leak" : "sound";
  const isBehind = sent.some(({ ssrc, frames }) => frames > (seen.enteredBySsrc[ssrc] ?? 0));
  return isBehind ? "behind" : "sound";
}
