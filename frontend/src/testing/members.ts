/** The cast with real cryptography: what a browser would hold of each, without the browser. */
import type { Bytes } from "../e2ee/bytes";
import { Keeper } from "../e2ee/keeper";
import { KeyRing } from "../e2ee/keys";
import type { GroupEpoch, GroupView, Identity, Readiness, Said, Trouble } from "../e2ee/protocol";
import { makeSealingKey, SealedStore, type Shelf } from "../e2ee/store";
import { Vault } from "../e2ee/vault";

export const GROUP = "77777777-0000-4000-8000-000000000000";
export const SESSION = "55555555-0000-4000-8000-000000000000";

export class MemoryShelf implements Shelf {
  readonly values = new Map<string, Bytes>();
  readonly #key = makeSealingKey();

  key(): Promise<CryptoKey> {
    return this.#key;
  }

  async get(place: string): Promise<Bytes | undefined> {
    return this.values.get(place);
  }

  async put(place: string, value: Bytes): Promise<void> {
    this.values.set(place, value);
  }

  async delete(place: string): Promise<void> {
    this.values.delete(place);
  }
}

let admissions = 0;

export function identity(alias: string): Identity {
  admissions += 1;
  return { admission: `a0000000-0000-4000-8000-${String(admissions).padStart(12, "0")}`, alias };
}

/** One page of one member; `reload` makes the next page of the same browser. */
export class TestMember {
  readonly ring = new KeyRing();
  readonly keeper: Keeper;
  readonly readies: Readiness[] = [];
  readonly switches: GroupEpoch[] = [];
  readonly said: Said[] = [];
  readonly troubles: Trouble[] = [];
  readonly identity: Identity;
  readonly shelf: MemoryShelf;
  view: GroupView | null = null;

  constructor(alias: string, shelf = new MemoryShelf(), who = identity(alias)) {
    this.identity = who;
    this.shelf = shelf;
    const vault = new Vault(new SealedStore(shelf), `membership-of-${alias}`, SESSION);
    this.keeper = new Keeper(vault, this.ring, {
      group: (view) => {
        this.view = view;
      },
      ready: (at) => this.readies.push(at),
      switched: (at) => this.switches.push(at),
      said: (said) => this.said.push(said),
      trouble: (trouble) => this.troubles.push(trouble),
    });
  }

  get admission(): string {
    return this.identity.admission;
  }

  reload(): TestMember {
    return new TestMember(this.identity.alias, this.shelf, this.identity);
  }

  keyPackage(): Promise<Bytes> {
    return this.keeper.keyPackage(this.identity);
  }
}

/** A host with a group of one. */
export async function founder(alias = "Thea"): Promise<TestMember> {
  const made = new TestMember(alias);
  await made.keeper.create(GROUP, made.identity);
  return made;
}

/** What a delivery service does with an admission that nobody contests. */
export async function admit(
  host: TestMember,
  newcomer: TestMember,
  others: readonly TestMember[] = [],
  asHost = false,
): Promise<void> {
  const added = [await newcomer.keyPackage()];
  const { epoch, commit, welcome } = await host.keeper.commit({
    add: asHost ? [] : added,
    addHosts: asHost ? added : [],
    remove: [],
  });
  await host.keeper.accepted();
  for (const other of others) await other.keeper.apply(GROUP, epoch, commit);
  if (welcome) await newcomer.keeper.join(GROUP, welcome);
}

export async function remove(
  host: TestMember,
  gone: TestMember,
  others: readonly TestMember[],
): Promise<{ epoch: number; commit: Bytes }> {
  const change = { add: [], addHosts: [], remove: [gone.admission] };
  const made = await host.keeper.commit(change);
  await host.keeper.accepted();
  for (const other of others) await other.keeper.apply(GROUP, made.epoch, made.commit);
  return made;
}

/** Waits, on the real clock, for what has no promise of its own. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error("it never came");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
