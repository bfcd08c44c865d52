/**
 * Which counters of one key have been seen on one line: each frame opens once.
 *
 * 256 would do for what was measured (audio repaired up to 65 frames late, three layers on one
 * counter); the window is twice that.
 */
const WINDOW = 512n;

export class ReplayWindow {
  #highest = -1n;
  readonly #seen = new Set<bigint>();

  /** Asked before the frame is opened: whoever cannot seal cannot move the window either. */
  mayOpen(ctr: bigint): boolean {
    return ctr > this.#highest - WINDOW && !this.#seen.has(ctr);
  }

  /** Told only after the frame has authenticated. */
  opened(ctr: bigint): void {
    this.#seen.add(ctr);
    if (ctr <= this.#highest) return;
    const before = this.#highest;
    this.#highest = ctr;
    this.#forget(before - WINDOW, ctr - WINDOW);
  }

  #forget(after: bigint, upTo: bigint): void {
    if (upTo - after > WINDOW) {
      for (const ctr of this.#seen) if (ctr <= upTo) this.#seen.delete(ctr);
      return;
    }
    for (let ctr = after + 1n; ctr <= upTo; ctr += 1n) this.#seen.delete(ctr);
  }
}
