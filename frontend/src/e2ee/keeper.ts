/**
 * Keeps one membership's part in one group: applies commits, installs keys, switches senders.
 *
 * Runs in the worker; knows neither socket nor page. Everything is done in the order in which it
 * was asked. MUST stop sending, and say so, as soon as it cannot follow the group.
 */
import { type Bytes, copy, equal, toBase64, uuidBytes } from "./bytes";
import { E2eeError, NotNow, NotOpened } from "./errors";
import type { KeyRing } from "./keys";
import { inspectPackage, type Leaf, MlsGroup, makePackage, type Prepared } from "./mls";
import type {
  GroupChange,
  GroupEpoch,
  GroupView,
  Identity,
  MadeCommit,
  Member,
  Readiness,
  Said,
  Trouble,
} from "./protocol";
import { safetyCode } from "./safety";
import { decodeContent, encodeContent, LONGEST_NOTE, LONGEST_TEXT } from "./said";
import type { Vault } from "./vault";

/** Whoever is not ready by then loses some frames rather than holding everybody up. */
export const SWITCH_AFTER_MS = 1_000;

export interface KeeperEvents {
  group(view: GroupView | null): void;
  ready(at: Readiness): void;
  switched(at: GroupEpoch): void;
  said(said: Said): void;
  trouble(trouble: Trouble): void;
}

export class Keeper {
  readonly #vault: Vault;
  readonly #ring: KeyRing;
  readonly #events: KeeperEvents;
  #group: string | null = null;
  #mls: MlsGroup | null = null;
  #former: MlsGroup | null = null;
  #pending: Prepared | null = null;
  #switching: ReturnType<typeof setTimeout> | undefined;
  /** After a restore nothing is sent before an Update of one's own was accepted. */
  #isRestored = false;
  #isBroken = false;

  constructor(vault: Vault, ring: KeyRing, events: KeeperEvents) {
    this.#vault = vault;
    this.#ring = ring;
    this.#events = events;
    ring.onMissingCommit = () => events.trouble("missing-commit");
  }

  /** What a reload left behind. */
  async restore(): Promise<GroupEpoch | null> {
    const stored = await this.#vault.readGroup();
    if (!stored) return null;
    try {
      this.#mls = await MlsGroup.decode(stored.state);
      this.#pending = stored.pending ? await restoredCommit(stored.pending) : null;
    } catch {
      await this.drop();
      return null;
    }
    this.#group = stored.group;
    this.#isRestored = true;
    await this.#install(this.#mls);
    this.#events.group(await view(stored.group, this.#mls));
    return { group: stored.group, epoch: this.#mls.epoch };
  }

  async keyPackage(identity: Identity): Promise<Bytes> {
    const made = await makePackage(await this.#vault.device(), identity);
    await this.#vault.writePackage(made);
    return made.bytes;
  }

  async inspect(keyPackage: Bytes): Promise<Identity & { signatureKey: string }> {
    const found = await inspectPackage(keyPackage);
    return { ...found, signatureKey: toBase64(found.signatureKey) };
  }

  async create(group: string, identity: Identity): Promise<void> {
    const device = await this.#vault.device();
    const made = await MlsGroup.create(uuidBytes(group), device, identity);
    await this.#enter(group, made);
  }

  /** Only one at a time: the next after `accepted` or `refused`. */
  async commit(change: GroupChange): Promise<MadeCommit> {
    const mls = this.#present();
    if (this.#isBroken) throw new NotNow("group.broken");
    if (this.#pending) throw new NotNow("commit.pending");
    const leaves = mls.leaves();
    const remove = change.remove.flatMap(
      (gone) => leaves.find(({ admission }) => admission === gone)?.leaf ?? [],
    );
    const prepared = await mls.prepare({ ...change, remove });
    this.#pending = prepared;
    await this.#save();
    return { epoch: mls.epoch, commit: prepared.commit, welcome: prepared.welcome };
  }

  async accepted(): Promise<void> {
    const prepared = this.#pending;
    if (!prepared) throw new NotNow("commit.none");
    this.#pending = null;
    this.#isRestored = false;
    await this.#advance(prepared.next, prepared.hasRemoved);
    prepared.settle();
  }

  async refused(): Promise<void> {
    this.#pending = null;
    await this.#save();
  }

  async join(group: string, welcome: Bytes): Promise<void> {
    const own = await this.#vault.readPackage();
    if (!own) {
      this.#events.trouble("lost-state");
      return;
    }
    try {
      await this.#enter(group, await MlsGroup.join(uuidBytes(group), welcome, own));
      await this.#vault.erasePackage();
    } catch {
      this.#events.trouble("lost-state");
    }
  }

  /** A commit of an earlier epoch is one that is known; one of a later epoch has a hole before it. */
  async apply(group: string, epoch: number, commit: Bytes): Promise<void> {
    const mls = this.#mls;
    if (!mls || group !== this.#group || this.#isBroken || epoch < mls.epoch) return;
    if (epoch > mls.epoch) {
      this.#ring.hold();
      this.#events.trouble("missing-commit");
      return;
    }
    if (this.#pending && equal(this.#pending.commit, commit)) return this.accepted();
    this.#pending = null;
    try {
      const { next, hasRemoved, settle } = await mls.process(commit);
      if (next) await this.#advance(next, hasRemoved);
      else await this.drop();
      settle();
    } catch {
      // Whatever it was: who cannot follow the group must not go on sending to it.
      this.#isBroken = true;
      this.#stopSending();
      this.#events.trouble("refused-commit");
    }
  }

  async allReady(epoch: number): Promise<void> {
    if (this.#mls?.epoch === epoch && this.#ring.newestEpoch === epoch) await this.#switch();
  }

  async drop(): Promise<void> {
    const had = this.#mls !== null;
    this.#stopSending();
    this.#ring.drop();
    this.#group = null;
    this.#mls = null;
    this.#former = null;
    this.#pending = null;
    this.#isRestored = false;
    this.#isBroken = false;
    await this.#vault.eraseGroup();
    if (had) this.#events.group(null);
  }

  async say(text: string, to: "everybody" | "hosts"): Promise<Bytes> {
    const mls = this.#present();
    // A restored ratchet may repeat what was sent before the reload: the Update comes first.
    if (this.#isBroken || this.#isRestored) throw new NotNow("group.not_sending");
    if (new Blob([text]).size > (to === "hosts" ? LONGEST_NOTE : LONGEST_TEXT)) {
      throw new NotNow("text.long");
    }
    if (to === "everybody") return mls.protect(encodeContent({ to, text }));
    const hosts = mls.leaves().filter(({ isHost, own }) => isHost && !own);
    const sealed = await mls.sealTo(
      hosts.map(({ leaf }) => leaf),
      copy(new TextEncoder().encode(text)),
    );
    return mls.protect(encodeContent({ to, sealed }));
  }

  async hear(data: Bytes): Promise<void> {
    const epoch = MlsGroup.epochOf(data);
    const mls = [this.#mls, this.#former].find((known) => known?.epoch === epoch);
    if (!mls || epoch === null) return;
    try {
      const said = await read(mls, data);
      if (said) this.#events.said({ ...said, epoch });
    } catch (error) {
      if (!(error instanceof E2eeError)) throw error;
    }
  }

  async forget(): Promise<void> {
    await this.drop();
    await this.#vault.erasePackage();
  }

  async #enter(group: string, mls: MlsGroup): Promise<void> {
    this.#stopSending();
    this.#ring.drop();
    this.#group = group;
    this.#former = null;
    this.#pending = null;
    this.#isRestored = false;
    this.#isBroken = false;
    await this.#advance(mls, true);
  }

  /**
   * Keys first, the disk last: after a crash in between the same commit is replayed. Senders switch
   * at once after a Remove; after an Add when everybody is ready who could open the former epoch,
   * or after a second.
   */
  async #advance(next: MlsGroup, atOnce: boolean): Promise<void> {
    const group = this.#group;
    if (group === null) throw new NotNow("group.none");
    this.#former = this.#mls;
    this.#mls = next;
    clearTimeout(this.#switching);
    await this.#install(next);
    const isWaiting = !atOnce && this.#ring.sendingEpoch !== null && this.#hasCompanions();
    const switched = !isWaiting && (await this.#sealUnder(next.epoch));
    // First of all: others' pictures wait for it.
    this.#events.ready({ group, epoch: next.epoch, switched });
    this.#events.group(await view(group, next));
    if (isWaiting) this.#switching = setTimeout(() => void this.#switch(), SWITCH_AFTER_MS);
    await this.#save();
  }

  /** Somebody else can open the former epoch: whom this commit added could not. */
  #hasCompanions(): boolean {
    const former = new Set(this.#former?.leaves().map(({ admission }) => admission));
    return this.#present()
      .leaves()
      .some(({ own, admission }) => !own && former.has(admission));
  }

  async #save(): Promise<void> {
    if (this.#group === null || !this.#mls) return;
    const { commit, next } = this.#pending ?? {};
    const pending = commit && next && { commit, state: next.encode() };
    const state = this.#mls.encode();
    await this.#vault.writeGroup({ group: this.#group, state, ...(pending && { pending }) });
  }

  async #install(mls: MlsGroup): Promise<void> {
    this.#ring.install({
      epoch: mls.epoch,
      baseKey: await mls.sframeBaseKey(),
      ownLeaf: mls.ownLeaf,
      members: new Map(mls.leaves().map(({ leaf, admission }) => [leaf, admission])),
    });
  }

  async #switch(): Promise<void> {
    clearTimeout(this.#switching);
    const { epoch } = this.#present();
    const group = this.#group;
    if ((await this.#sealUnder(epoch)) && group !== null) this.#events.switched({ group, epoch });
  }

  /** False when nothing may be sent, or this epoch was sent under before. */
  async #sealUnder(epoch: number): Promise<boolean> {
    if (this.#isBroken || this.#isRestored || this.#ring.sendingEpoch === epoch) return false;
    await this.#ring.switchTo(epoch);
    return this.#ring.sendingEpoch === epoch;
  }

  #stopSending(): void {
    clearTimeout(this.#switching);
    this.#ring.hold();
  }

  #present(): MlsGroup {
    if (!this.#mls) throw new NotNow("group.none");
    return this.#mls;
  }
}

async function restoredCommit(stored: { commit: Bytes; state: Bytes }): Promise<Prepared> {
  const next = await MlsGroup.decode(stored.state);
  return { commit: stored.commit, welcome: null, next, hasRemoved: true, settle: () => {} };
}

async function view(group: string, mls: MlsGroup): Promise<GroupView> {
  return {
    group,
    epoch: mls.epoch,
    members: mls.leaves().map(member),
    code: await safetyCode(mls.authenticator),
  };
}

function member(leaf: Leaf): Member {
  return { ...leaf, signatureKey: toBase64(leaf.signatureKey) };
}

/** Null for a note that is not for us. */
async function read(mls: MlsGroup, data: Bytes): Promise<Omit<Said, "epoch"> | null> {
  const { from, content } = await mls.unprotect(data);
  const sender = mls.leaves().find(({ leaf }) => leaf === from);
  if (!sender) throw new NotOpened("message.sender");
  const said = decodeContent(content);
  if (said.to === "everybody") return { from: member(sender), text: said.text, toHosts: false };
  const mine = said.sealed.find(({ leaf }) => leaf === mls.ownLeaf);
  if (!mine) return null;
  const text = new TextDecoder().decode(await mls.openSealed(mine));
  return { from: member(sender), text, toHosts: true };
}
