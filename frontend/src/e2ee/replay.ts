/**
 * Which frames of one epoch have opened here, on whatever line: each opens once.
 *
 * By epoch, so that what is remembered goes with the keys and never before them: a line or a
 * connection that begins anew is no place where an old frame could be shown again.
 */

/** Audio was repaired up to 65 frames late, and three layers share one counter: 256 would do. */
const WINDOW = 512n;

export class Replays {
  readonly #windows = new Map<bigint, ReplayWindow>();

  /**
   * MUST be asked after the frame has authenticated, in the step in which it is passed on: then
   * whoever cannot seal moves no window, and of two lines that opened the same frame one passes it.
   */
  isFirst(kid: bigint, ctr: bigint): boolean {
    let window = this.#windows.get(kid);
    if (!window) {
      window = new ReplayWindow();
      this.#windows.set(kid, window);
    }
    return window.isFirst(ctr);
  }
}

class ReplayWindow {
  #highest = -1n;
  readonly #seen = new Set<bigint>();

  isFirst(ctr: bigint): boolean {
    if (ctr <= this.#highest - WINDOW || this.#seen.has(ctr)) return false;
    this.#seen.add(ctr);
    if (ctr > this.#highest) {
      const before = this.#highest;
      this.#highest = ctr;
      this.#forget(before - WINDOW, ctr - WINDOW);
    }
    return true;
  }

  #forget(after: bigint, upTo: bigint): void {
    if (upTo - after > WINDOW) {
      for (const ctr of this.#seen) if (ctr <= upTo) this.#seen.delete(ctr);
      return;
    }
    for (let ctr = after + 1n; ctr <= upTo; ctr += 1n) this.#seen.delete(ctr);
  }
}
