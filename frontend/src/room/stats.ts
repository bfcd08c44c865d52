/** What arrives on each receiving line: harmless totals, no content, nothing kept. */
export interface Reading {
  readonly framesDecoded: number;
  readonly audioSamples: number;
  readonly audioLevel: number;
}

interface RawStats {
  readonly type: string;
  readonly kind?: string;
  readonly mid?: string;
  readonly framesDecoded?: number;
  readonly totalSamplesReceived?: number;
  readonly concealedSamples?: number;
  readonly audioLevel?: number;
}

export interface Readings {
  /** By receiving line (mid). */
  readonly lines: ReadonlyMap<string, Reading>;
  /** How loud the own microphone is, 0 to 1. */
  readonly ownLevel: number;
}

/** Louder than a quiet room with a fan; below it nobody is marked as speaking. */
export const SPEAKING_LEVEL = 0.02;

/** Concealed samples are invented by the browser and do not count as heard. */
export function readings(report: Iterable<[string, RawStats]>): Readings {
  const lines = new Map<string, Reading>();
  let ownLevel = 0;
  for (const [, stats] of report) {
    if (stats.type === "inbound-rtp" && stats.mid !== undefined) {
      lines.set(stats.mid, lineReading(stats));
    } else if (stats.type === "media-source" && stats.kind === "audio") {
      ownLevel = stats.audioLevel ?? 0;
    }
  }
  return { lines, ownLevel };
}

function lineReading(stats: RawStats): Reading {
  return {
    framesDecoded: stats.framesDecoded ?? 0,
    audioSamples: (stats.totalSamplesReceived ?? 0) - (stats.concealedSamples ?? 0),
    audioLevel: stats.audioLevel ?? 0,
  };
}
