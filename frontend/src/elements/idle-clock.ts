/** When nobody has been there for too long. Times come from outside, so it needs no timer. */
export class IdleClock {
  readonly #limitMs: number;
  readonly #warnMs: number;
  #lastAt: number;

  constructor(limitMs: number, warnMs: number, now: number) {
    this.#limitMs = limitMs;
    this.#warnMs = Math.min(warnMs, limitMs / 2);
    this.#lastAt = now;
  }

  touch(now: number): void {
    this.#lastAt = Math.max(this.#lastAt, now);
  }

  isEnding(now: number): boolean {
    return now - this.#lastAt >= this.#limitMs - this.#warnMs;
  }

  /** Also after a sleep of the device, in which no timer ran. */
  isOver(now: number): boolean {
    return now - this.#lastAt >= this.#limitMs;
  }

  secondsLeft(now: number): number {
    return Math.max(0, Math.ceil((this.#lastAt + this.#limitMs - now) / 1000));
  }
}
