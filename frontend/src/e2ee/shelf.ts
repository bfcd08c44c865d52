/** The browser's own database as a shelf; the sealing key lies there as a key, never as bytes. */
import type { Bytes } from "./bytes";
import { makeSealingKey, type Shelf } from "./store";

const NAME = "quietroom-e2ee";
const VALUES = "values";
const KEYS = "keys";
const SEALING_KEY = "sealing";

export class IndexedShelf implements Shelf {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  static async open(): Promise<IndexedShelf> {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(VALUES);
      asked.result.createObjectStore(KEYS);
    };
    return new IndexedShelf(await done(asked));
  }

  /** `add` refuses a second key: whoever was first wins, in whatever tab. */
  async key(): Promise<CryptoKey> {
    const known = await this.#read<CryptoKey>(KEYS, SEALING_KEY);
    if (known) return known;
    const fresh = await makeSealingKey();
    const store = this.#database.transaction(KEYS, "readwrite").objectStore(KEYS);
    await done(store.add(fresh, SEALING_KEY)).catch(() => undefined);
    return (await this.#read<CryptoKey>(KEYS, SEALING_KEY)) ?? fresh;
  }

  get(place: string): Promise<Bytes | undefined> {
    return this.#read<Bytes>(VALUES, place);
  }

  async put(place: string, value: Bytes): Promise<void> {
    await done(this.#values().put(value, place));
  }

  async delete(place: string): Promise<void> {
    await done(this.#values().delete(place));
  }

  close(): void {
    this.#database.close();
  }

  #values(): IDBObjectStore {
    return this.#database.transaction(VALUES, "readwrite").objectStore(VALUES);
  }

  #read<T>(store: string, key: string): Promise<T | undefined> {
    return done<T | undefined>(this.#database.transaction(store).objectStore(store).get(key));
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
