/**
 * Which SFrame keys open and seal at this moment: installing, switching, grace, and waiting.
 *
 * Receive keys count at once, old ones for ten more seconds; sending changes only by `switchTo`.
 * Without a switch, after `hold` and after `drop`, nothing can be sealed: fail closed.
 */
import type { Bytes } from "./bytes";
import { NotNow } from "./errors";
import { decodeKid, encodeKid, type KeyName, KINDS, type MediaKind, randomInstance } from "./kid";
import { Replays } from "./replay";
import { deriveKey, type FrameKey } from "./sframe";

export const GRACE_MS = 10_000;
/** An unknown epoch is usually one whose commit is under way. */
export const WAIT_MS = 150;
/** A browser without any key has just been let in: one installation took 258 ms. */
export const WAIT_FIRST_MS = 1_000;
/** The only defence against a withheld Remove. */
export const NEWER_FOR_MS = 2_000;
const NEWER_GAP_MS = 1_000;
const MOST_CACHED = 256;

export interface EpochKeys {
  readonly epoch: number;
  readonly baseKey: Bytes;
  readonly ownLeaf: number;
  /** Whose leaf is whose: keys are derived only for members who are present. */
  readonly members: ReadonlyMap<number, string>;
}

export interface Receiving {
  readonly key: FrameKey;
  readonly name: KeyName;
  /** The admission in the leaf's credential. */
  readonly sender: string;
  /** Which frames have opened under the keys of this epoch. */
  readonly replays: Replays;
}

interface Epoch extends EpochKeys {
  readonly cache: Map<bigint, Promise<FrameKey>>;
  readonly replays: Replays;
  /** Made at most once: a second set of counters under the same keys would repeat nonces. */
  sendKeys: Promise<ReadonlyMap<MediaKind, SendKey>> | null;
  expiresAt: number;
}

interface SendKey {
  readonly key: FrameKey;
  next: bigint;
}

export class KeyRing {
  /** Called once each time newer frames went on for two seconds without their commit. */
  onMissingCommit: () => void = () => {};

  #epochs: Epoch[] = [];
  #sending: { epoch: number; keys: ReadonlyMap<MediaKind, SendKey> } | null = null;
  #unknown = new Map<bigint, number>();
  #waiting = new Set<() => void>();
  #newer: { from: number; last: number } | null = null;

  get sendingEpoch(): number | null {
    return this.#sending?.epoch ?? null;
  }

  get newestEpoch(): number | null {
    return this.#epochs[0]?.epoch ?? null;
  }

  /** Frames of this epoch open from now on; those of the former one for ten more seconds. */
  install(keys: EpochKeys): void {
    const former = this.#epochs[0];
    if (former) former.expiresAt = performance.now() + GRACE_MS;
    const fresh: Epoch = {
      ...keys,
      cache: new Map(),
      replays: new Replays(),
      sendKeys: null,
      expiresAt: Number.POSITIVE_INFINITY,
    };
    this.#epochs = [fresh, ...this.#living()];
    this.#newer = null;
    this.#unknown.clear();
    this.#wake();
  }

  /** Every frame that begins after the promise is kept is sealed under this epoch. */
  async switchTo(epoch: number): Promise<void> {
    const keys = this.#epochs.find((known) => known.epoch === epoch);
    if (!keys) throw new NotNow("epoch.unknown");
    keys.sendKeys ??= makeSendKeys(keys);
    const made = await keys.sendKeys;
    if (this.#epochs[0] === keys) this.#sending = { epoch, keys: made };
  }

  hold(): void {
    this.#sending = null;
  }

  drop(): void {
    this.hold();
    this.#epochs = [];
    this.#newer = null;
    this.#unknown.clear();
    this.#wake();
  }

  /** The key and the one counter that this frame may use; null while nothing may leave. */
  takeSendKey(kind: MediaKind): { key: FrameKey; ctr: bigint } | null {
    const mine = this.#sending?.keys.get(kind);
    if (!mine) return null;
    const ctr = mine.next;
    mine.next += 1n;
    return { key: mine.key, ctr };
  }

  /** Null for a KID that does not open here, after waiting as long as it might still do so. */
  async receiving(kid: bigint): Promise<Receiving | null> {
    const name = decodeKid(kid);
    if (!name) return null;
    while (true) {
      const epoch = this.#epochOf(name);
      if (epoch) return this.#receivingIn(epoch, name, kid);
      if (!this.#mayCome(name)) return null;
      const rest = this.#patience(kid);
      if (rest <= 0) return null;
      await this.#change(rest);
    }
  }

  async #receivingIn(epoch: Epoch, name: KeyName, kid: bigint): Promise<Receiving | null> {
    const sender = epoch.members.get(name.leaf);
    if (sender === undefined || name.leaf === epoch.ownLeaf) return null;
    let key = epoch.cache.get(kid);
    if (!key) {
      if (epoch.cache.size >= MOST_CACHED) epoch.cache.clear();
      key = deriveKey(epoch.baseKey, kid, "decrypt");
      epoch.cache.set(kid, key);
    }
    return { key: await key, name, sender, replays: epoch.replays };
  }

  #epochOf(name: KeyName): Epoch | undefined {
    return this.#living().find((known) => known.epoch % 256 === name.epochByte);
  }

  #living(): Epoch[] {
    const now = performance.now();
    this.#epochs = this.#epochs.filter((known) => known.expiresAt > now);
    return this.#epochs;
  }

  /** Only a newer epoch can still come; everything may while there is no key at all. */
  #mayCome(name: KeyName): boolean {
    const newest = this.newestEpoch;
    if (newest === null) return true;
    const ahead = (name.epochByte - (newest % 256) + 256) % 256;
    if (ahead === 0 || ahead > 127) return false;
    this.#sawNewer();
    return true;
  }

  #sawNewer(): void {
    const now = performance.now();
    const seen = this.#newer;
    if (!seen || now - seen.last > NEWER_GAP_MS) {
      this.#newer = { from: now, last: now };
      return;
    }
    seen.last = now;
    if (now - seen.from < NEWER_FOR_MS) return;
    this.#newer = null;
    if (this.#sending === null) return;
    this.hold();
    this.onMissingCommit();
  }

  /** Counted from the first frame of a KID: otherwise every later frame would wait again. */
  #patience(kid: bigint): number {
    const now = performance.now();
    const first = this.#unknown.get(kid) ?? now;
    if (this.#unknown.size >= MOST_CACHED) this.#unknown.clear();
    this.#unknown.set(kid, first);
    const whole = this.newestEpoch === null ? WAIT_FIRST_MS : WAIT_MS;
    return first + whole - now;
  }

  #change(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}

/** A fresh instance each time, so that no key is ever made again, whatever is restored. */
async function makeSendKeys(keys: EpochKeys): Promise<ReadonlyMap<MediaKind, SendKey>> {
  const name = { instance: randomInstance(), leaf: keys.ownLeaf, epochByte: keys.epoch % 256 };
  const made = KINDS.map(async (kind): Promise<[MediaKind, SendKey]> => {
    const kid = encodeKid({ kind, ...name });
    return [kind, { key: await deriveKey(keys.baseKey, kid, "encrypt"), next: 0n }];
  });
  return new Map(await Promise.all(made));
}
