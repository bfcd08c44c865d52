/**
 * What survives a reload, sealed: device keys, unused KeyPackages, and the state of one group.
 *
 * The sealing key is made by the browser and not extractable: a copy of the database is of no
 * use in another profile. A value's place is authenticated, so that none can be put elsewhere.
 */
import { type Bytes, concat, utf8 } from "./bytes";

/** Where sealed values lie: IndexedDB in a page, a Map in tests. */
export interface Shelf {
  /** The one sealing key of this shelf; made on first use. */
  key(): Promise<CryptoKey>;
  get(place: string): Promise<Bytes | undefined>;
  put(place: string, value: Bytes): Promise<void>;
  delete(place: string): Promise<void>;
}

const IV_BYTES = 12;

export class SealedStore {
  readonly #shelf: Shelf;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  /** Undefined for what is not there, and for what does not open: both mean "lost". */
  async read(place: string): Promise<Bytes | undefined> {
    const stored = await this.#shelf.get(place);
    if (!stored) return undefined;
    const how = sealing(place, stored.slice(0, IV_BYTES));
    try {
      const plain = await crypto.subtle.decrypt(
        how,
        await this.#shelf.key(),
        stored.slice(IV_BYTES),
      );
      return new Uint8Array(plain);
    } catch {
      return undefined;
    }
  }

  async write(place: string, value: Bytes): Promise<void> {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const sealed = await crypto.subtle.encrypt(sealing(place, iv), await this.#shelf.key(), value);
    await this.#shelf.put(place, concat(iv, new Uint8Array(sealed)));
  }

  async erase(place: string): Promise<void> {
    await this.#shelf.delete(place);
  }
}

export function makeSealingKey(): Promise<CryptoKey> {
  const algorithm = { name: "AES-GCM", length: 256 };
  return crypto.subtle.generateKey(algorithm, false, ["encrypt", "decrypt"]);
}

function sealing(place: string, iv: Bytes): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: utf8(place) };
}
