/** Which sealed value lies where: by membership for the device, by session for everything else. */
import { type Bytes, fromBase64, fromUtf8, toBase64, utf8 } from "./bytes";
import { type Device, makeDevice, type OwnPackage } from "./mls";
import type { SealedStore } from "./store";

export interface StoredGroup {
  readonly group: string;
  readonly state: Bytes;
  /** Made and perhaps accepted: without it, a reload in between would lose the group. */
  readonly pending?: { readonly commit: Bytes; readonly state: Bytes };
}

interface GroupFields {
  readonly group: Bytes;
  readonly state: Bytes;
  readonly pendingCommit?: Bytes;
  readonly pendingState?: Bytes;
}

export class Vault {
  readonly #store: SealedStore;
  readonly #membership: string;
  readonly #session: string;

  constructor(store: SealedStore, membership: string, session: string) {
    this.#store = store;
    this.#membership = membership;
    this.#session = session;
  }

  /** The long-lived key of this membership in this browser; made on first use. */
  async device(): Promise<Device> {
    const place = `device/${this.#membership}`;
    const known = await this.#read<Device>(place);
    if (known) return known;
    const made = await makeDevice();
    await this.#write(place, made);
    return made;
  }

  /** The newest KeyPackage: it replaces the one before. */
  readPackage(): Promise<OwnPackage | undefined> {
    return this.#read<OwnPackage>(this.#place("package"));
  }

  async writePackage(made: OwnPackage): Promise<void> {
    await this.#write(this.#place("package"), made);
  }

  async erasePackage(): Promise<void> {
    await this.#store.erase(this.#place("package"));
  }

  async readGroup(): Promise<StoredGroup | undefined> {
    const stored = await this.#read<GroupFields>(this.#place("group"));
    if (!stored) return undefined;
    const { pendingCommit: commit, pendingState: state } = stored;
    return {
      group: fromUtf8(stored.group),
      state: stored.state,
      ...(commit && state && { pending: { commit, state } }),
    };
  }

  async writeGroup({ group, state, pending }: StoredGroup): Promise<void> {
    const fields: GroupFields = {
      group: utf8(group),
      state,
      ...(pending && { pendingCommit: pending.commit, pendingState: pending.state }),
    };
    await this.#write(this.#place("group"), fields);
  }

  async eraseGroup(): Promise<void> {
    await this.#store.erase(this.#place("group"));
  }

  #place(what: "package" | "group"): string {
    return `${what}/${this.#session}/${this.#membership}`;
  }

  async #read<T extends object>(place: string): Promise<T | undefined> {
    const stored = await this.#store.read(place);
    if (!stored) return undefined;
    const fields = Object.entries(JSON.parse(fromUtf8(stored)) as Record<string, string>);
    return Object.fromEntries(fields.map(([name, text]) => [name, fromBase64(text)])) as T;
  }

  async #write(place: string, fields: object): Promise<void> {
    const texts = Object.entries(fields as Record<string, Bytes>).map(([name, bytes]) => [
      name,
      toBase64(bytes),
    ]);
    await this.#store.write(place, utf8(JSON.stringify(Object.fromEntries(texts))));
  }
}
