/** Waiting times between tries: doubled each time, spread so that a group does not return as one. */
export interface BackoffOptions {
  readonly firstMs: number;
  readonly longestMs: number;
  readonly random?: () => number;
}

export class Backoff {
  readonly #options: BackoffOptions;
  #tries = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  get tries(): number {
    return this.#tries;
  }

  /** Between half and all of the present step, so never zero and never two clients in step. */
  next(): number {
    const { firstMs, longestMs, random = Math.random } = this.#options;
    const step = Math.min(longestMs, firstMs * 2 ** this.#tries);
    this.#tries += 1;
    return step * (0.5 + random() / 2);
  }

  reset(): void {
    this.#tries = 0;
  }
}
