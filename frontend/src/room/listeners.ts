/** A typed list of listeners, so that this folder needs no DOM events. */
export type Listener<T> = (value: T) => void;

export class Listeners<T> {
  readonly #all = new Set<Listener<T>>();

  /** Returns the function that takes the listener away again. */
  add(listener: Listener<T>): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  emit(value: T): void {
    for (const listener of [...this.#all]) listener(value);
  }

  clear(): void {
    this.#all.clear();
  }
}
