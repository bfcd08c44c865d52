/** Watches which tiles are on screen and how wide: what nobody looks at need not be sent. */

export class Looking {
  readonly #onChange: () => void;
  readonly #widths = new Map<Element, number>();
  readonly #onScreen = new Set<Element>();
  readonly #sizes = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) this.#widths.set(target, contentRect.width);
    this.#onChange();
  });
  readonly #places = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#onScreen.add(target);
      else this.#onScreen.delete(target);
    }
    this.#onChange();
  });
  readonly #ends = new AbortController();

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    document.addEventListener("visibilitychange", onChange, { signal: this.#ends.signal });
  }

  /** These from now on, and no others. */
  watchOnly(elements: readonly Element[]): void {
    for (const element of [...this.#widths.keys()]) {
      if (!elements.includes(element)) this.#forget(element);
    }
    for (const element of elements) {
      if (!this.#widths.has(element)) this.#watch(element);
    }
  }

  /** Device pixels; 0 off screen, null before the element was measured. */
  width(element: Element): number | null {
    if (document.hidden || !this.#onScreen.has(element)) return 0;
    return Math.round((this.#widths.get(element) ?? 0) * devicePixelRatio) || null;
  }

  /** Idempotent. */
  stop(): void {
    this.#ends.abort();
    this.#sizes.disconnect();
    this.#places.disconnect();
    this.#widths.clear();
    this.#onScreen.clear();
  }

  #watch(element: Element): void {
    this.#widths.set(element, 0);
    this.#onScreen.add(element);
    this.#sizes.observe(element);
    this.#places.observe(element);
  }

  #forget(element: Element): void {
    this.#widths.delete(element);
    this.#onScreen.delete(element);
    this.#sizes.unobserve(element);
    this.#places.unobserve(element);
  }
}
