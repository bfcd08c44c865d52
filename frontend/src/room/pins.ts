/**
 * Which device each person of the group came with, as this browser remembers it.
 *
 * Names are not kept: a person is the digest of their alias under this membership. What is
 * remembered here no server can change.
 */
export type Device = "first" | "same" | "other";

interface Pin {
  readonly key: string;
  readonly at: string;
}

const PREFIX = "quietroom.devices.";

export class Pins {
  readonly #place: string;
  readonly #store: Storage;
  #pins: Record<string, Pin>;

  constructor(membership: string, store: Storage) {
    this.#place = PREFIX + membership;
    this.#store = store;
    this.#pins = read(store.getItem(this.#place));
  }

  /** Whether this key is the one that the person came with before. */
  async device(alias: string, key: string): Promise<Device> {
    const known = this.#pins[await this.#nameOf(alias)];
    if (!known) return "first";
    return known.key === key ? "same" : "other";
  }

  /** A host let this device in: from now on it is the person's own. */
  async remember(alias: string, key: string): Promise<void> {
    const name = await this.#nameOf(alias);
    const at = new Date().toISOString().slice(0, 10);
    if (this.#pins[name]?.key === key && this.#pins[name]?.at === at) return;
    this.#pins = { ...this.#pins, [name]: { key, at } };
    this.#store.setItem(this.#place, JSON.stringify(this.#pins));
  }

  async #nameOf(alias: string): Promise<string> {
    const text = new TextEncoder().encode(`${this.#place}\n${alias}`);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
    return [...digest.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

/** With which key each visit of this session was in the group; survives a reload of the page. */
export class Visits {
  readonly #place: string;
  readonly #store: Storage;
  #keys: Record<string, string>;

  constructor(session: string, store: Storage) {
    this.#place = `quietroom.visits.${session}`;
    this.#store = store;
    this.#keys = read(store.getItem(this.#place));
  }

  wasIn(visit: string, key: string): boolean {
    return this.#keys[visit] === key;
  }

  note(visit: string, key: string): void {
    if (this.wasIn(visit, key)) return;
    this.#keys = { ...this.#keys, [visit]: key };
    this.#save();
  }

  forget(visit: string): void {
    const { [visit]: _, ...others } = this.#keys;
    this.#keys = others;
    this.#save();
  }

  #save(): void {
    this.#store.setItem(this.#place, JSON.stringify(this.#keys));
  }
}

function read<T>(text: string | null): Record<string, T> {
  try {
    return text ? (JSON.parse(text) as Record<string, T>) : {};
  } catch {
    return {};
  }
}
