/**
 * What has arrived from each seat so far: decoded frames and heard samples.
 *
 * A line goes on counting when it is mapped to somebody else, and begins anew on a fresh
 * connection; the tally gives each seat only what came while the line was certainly its own.
 */
import type { Slot } from "./protocol.gen";
import type { Reading, Readings } from "./stats";

export interface Total {
  readonly frames: number;
  readonly samples: number;
}

interface Line {
  readonly seat: number | null;
  readonly reading: Reading;
}

const NOTHING: Total = { frames: 0, samples: 0 };

export class Tally {
  readonly #seats = new Map<number, Total>();
  #lines = new Map<string, Line>();

  of(seat: number): Total {
    return this.#seats.get(seat) ?? NOTHING;
  }

  /** Whoever left starts from nothing when they come back. */
  keepOnly(seats: ReadonlySet<number>): void {
    for (const seat of this.#seats.keys()) {
      if (!seats.has(seat)) this.#seats.delete(seat);
    }
  }

  take({ lines }: Readings, slots: readonly Slot[]): void {
    const owners = new Map(slots.map((slot) => [slot.mid, slot.seat]));
    const next = new Map<string, Line>();
    for (const [mid, reading] of lines) {
      const seat = owners.get(mid) ?? null;
      if (seat !== null) this.#count(seat, reading, this.#lines.get(mid));
      next.set(mid, { seat, reading });
    }
    this.#lines = next;
  }

  #count(seat: number, now: Reading, before: Line | undefined): void {
    if (before && before.seat !== null && before.seat !== seat) return;
    const { frames, samples } = this.of(seat);
    this.#seats.set(seat, {
      frames: frames + growth(now.framesDecoded, before?.reading.framesDecoded),
      samples: samples + growth(now.audioSamples, before?.reading.audioSamples),
    });
  }
}

/** Smaller than before means a fresh connection: all of it is new. */
function growth(now: number, before = 0): number {
  return now >= before ? now - before : now;
}
