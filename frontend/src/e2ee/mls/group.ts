/**
 * One member's view of one epoch of the MLS group (RFC 9420).
 *
 * Commits make a new view and leave the old as it is, so that a commit which loses or is refused
 * costs nothing. MUST NOT be asked to do two things at once: the keeper runs all in order.
 */
import { type ClientConfig, defaultClientConfig } from "ts-mls/clientConfig.js";
import {
  type ClientState,
  createGroup,
  decodeGroupState,
  encodeGroupState,
  makePskIndex,
} from "ts-mls/clientState.js";
import { createCommit } from "ts-mls/createCommit.js";
import { createApplicationMessage } from "ts-mls/createMessage.js";
import type { IncomingMessageCallback } from "ts-mls/incomingMessageAction.js";
import { mlsExporter } from "ts-mls/keySchedule.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { unprotectPrivateMessage } from "ts-mls/messageProtection.js";
import type { PrivateMessage } from "ts-mls/privateMessage.js";
import { processPrivateMessage } from "ts-mls/processMessages.js";
import { zeroOutUint8Array } from "ts-mls/util/byteArray.js";
import { refusal } from "../authority";
import { type Bytes, concat, copy, equal, utf8 } from "../bytes";
import { CommitRefused, NotNow, NotOpened } from "../errors";
import type { Identity } from "../identity";
import { LEAVES } from "../kid";
import { BASE_KEY_BYTES } from "../sframe";
import { type Change, describe, proposalsOf, removedLeaves } from "./changes";
import { joinByWelcome } from "./join";
import { hostKeys, hostsExtension, identityOf, isAmong, isReadable, leafNodes } from "./leaves";
import { type Device, decoded, generate, type OwnPackage } from "./packages";
import { type Suite, suite } from "./suite";

export interface Leaf extends Identity {
  readonly leaf: number;
  readonly signatureKey: Bytes;
  readonly isHost: boolean;
  readonly own: boolean;
}

export interface Prepared {
  readonly commit: Bytes;
  readonly welcome: Bytes | null;
  readonly next: MlsGroup;
  readonly hasRemoved: boolean;
  /** Only after the server has acknowledged the commit: earlier, a lost race could not be mended. */
  settle(): void;
}

export interface Processed {
  /** Null: the commit has removed us. */
  readonly next: MlsGroup | null;
  readonly hasRemoved: boolean;
  settle(): void;
}

export interface SealedFor {
  readonly leaf: number;
  readonly enc: Bytes;
  readonly ct: Bytes;
}

const CONFIG: ClientConfig = {
  ...defaultClientConfig,
  // One former epoch: a message that crosses a commit still opens.
  keyRetentionConfig: { ...defaultClientConfig.keyRetentionConfig, retainKeysForEpochs: 1 },
  // A hand, a chat line and a note look alike to whoever counts bytes.
  paddingConfig: { kind: "padUntilLength", padUntilLength: 1024 },
  authService: { validateCredential: async (credential) => isReadable(credential) },
};

export class MlsGroup {
  #state: ClientState;
  readonly #suite: Suite;

  private constructor(state: ClientState, cipherSuite: Suite) {
    this.#state = state;
    this.#suite = cipherSuite;
    if (this.ownLeaf >= LEAVES) throw new NotOpened("leaf.range");
  }

  /** A group of one, whose first host is its maker. */
  static async create(groupId: Bytes, device: Device, identity: Identity): Promise<MlsGroup> {
    const cipherSuite = await suite();
    const { publicPackage, privatePackage } = await generate(device, identity);
    const hosts = [hostsExtension([device.publicKey])];
    const state = await createGroup(
      groupId,
      publicPackage,
      privatePackage,
      hosts,
      cipherSuite,
      CONFIG,
    );
    return new MlsGroup(state, cipherSuite);
  }

  static async join(groupId: Bytes, welcome: Bytes, own: OwnPackage): Promise<MlsGroup> {
    const cipherSuite = await suite();
    const message = decoded(welcome);
    if (message?.wireformat !== "mls_welcome") throw new NotOpened("welcome.malformed");
    try {
      const state = await joinByWelcome(message.welcome, own, cipherSuite, CONFIG);
      const group = new MlsGroup(state, cipherSuite);
      if (!equal(state.groupContext.groupId, groupId)) throw new NotOpened("welcome.other_group");
      group.#requireSound("welcome");
      return group;
    } catch (cause) {
      throw cause instanceof NotOpened ? cause : new NotOpened("welcome.refused", { cause });
    }
  }

  static async decode(bytes: Bytes): Promise<MlsGroup> {
    const state = decodeGroupState(bytes, 0)?.[0];
    if (!state) throw new NotOpened("state.malformed");
    return new MlsGroup({ ...state, clientConfig: CONFIG }, await suite());
  }

  /** Holds every secret of this epoch: only to be stored sealed. */
  encode(): Bytes {
    return copy(encodeGroupState(this.#state));
  }

  get epoch(): number {
    return Number(this.#state.groupContext.epoch);
  }

  get ownLeaf(): number {
    return this.#state.privatePath.leafIndex;
  }

  get authenticator(): Bytes {
    return copy(this.#state.keySchedule.epochAuthenticator);
  }

  leaves(): Leaf[] {
    const hosts = hostKeys(this.#state.groupContext.extensions);
    return leafNodes(this.#state).map(([leaf, node]) => ({
      ...identityOf(node),
      leaf,
      signatureKey: copy(node.signaturePublicKey),
      isHost: isAmong(hosts, node.signaturePublicKey),
      own: leaf === this.ownLeaf,
    }));
  }

  /** RFC 9605 §5.2: the epoch's base key, from which each sender's keys are derived. */
  async sframeBaseKey(): Promise<Bytes> {
    const secret = this.#state.keySchedule.exporterSecret;
    const label = "SFrame 1.0 Base Key";
    return copy(await mlsExporter(secret, label, new Uint8Array(), BASE_KEY_BYTES, this.#suite));
  }

  /** The commit and the view after it; this view stays as it is until the server has decided. */
  async prepare(change: Change): Promise<Prepared> {
    const extraProposals = proposalsOf(this.#state, change);
    const refused = refusal(describe(this.#state, this.ownLeaf, extraProposals));
    if (refused) throw new NotNow(refused);
    const made = await createCommit(
      { state: this.#state, cipherSuite: this.#suite },
      { extraProposals, ratchetTreeExtension: true },
    );
    const next = new MlsGroup(made.newState, this.#suite);
    next.#requireSound("commit");
    return {
      commit: copy(encodeMlsMessage(made.commit)),
      welcome: made.welcome
        ? copy(
            encodeMlsMessage({
              version: "mls10",
              wireformat: "mls_welcome",
              welcome: made.welcome,
            }),
          )
        : null,
      next,
      hasRemoved: change.remove.length > 0,
      settle: () => made.consumed.forEach(zeroOutUint8Array),
    };
  }

  /** Throws CommitRefused for whatever is not a valid commit of this epoch by one who may. */
  async process(bytes: Bytes): Promise<Processed> {
    const message = privateMessage(bytes);
    if (message?.contentType !== "commit") throw new CommitRefused("commit.wire");
    let refused: string | null = "commit.unread";
    let removed: readonly number[] = [];
    // Asked after the signature was checked. Who is removed cannot follow, even when the leaf is
    // filled again by the same commit: then the library would try, and fail.
    const judge: IncomingMessageCallback = (incoming) => {
      if (incoming.kind !== "commit") return "reject";
      refused = refusal(describe(this.#state, incoming.senderLeafIndex, incoming.proposals));
      removed = removedLeaves(incoming.proposals);
      return refused !== null || removed.includes(this.ownLeaf) ? "reject" : "accept";
    };
    const { newState, consumed } = await this.#processed(message, judge);
    if (refused !== null) throw new CommitRefused(refused);
    const settle = (): void => consumed.forEach(zeroOutUint8Array);
    const hasRemoved = removed.length > 0;
    if (removed.includes(this.ownLeaf)) return { next: null, hasRemoved, settle };
    const next = new MlsGroup(newState, this.#suite);
    next.#requireSound("commit");
    next.#requireSameMembers(this, removed);
    return { next, hasRemoved, settle };
  }

  /** An application message for the whole group; this view moves its own ratchet on. */
  async protect(content: Bytes): Promise<Bytes> {
    const { newState, privateMessage, consumed } = await createApplicationMessage(
      this.#state,
      content,
      this.#suite,
    );
    this.#state = newState;
    consumed.forEach(zeroOutUint8Array);
    const wireformat = "mls_private_message";
    return copy(encodeMlsMessage({ version: "mls10", wireformat, privateMessage }));
  }

  /** The epoch that a message names, to be asked before it is opened. */
  static epochOf(bytes: Bytes): number | null {
    const message = privateMessage(bytes);
    return message?.contentType === "application" ? Number(message.epoch) : null;
  }

  /** ts-mls' own way of opening does not say who wrote: here the sender's leaf is the answer. */
  async unprotect(bytes: Bytes): Promise<{ from: number; content: Bytes }> {
    const message = privateMessage(bytes);
    const { groupContext, keySchedule, secretTree, ratchetTree } = this.#state;
    if (message?.contentType !== "application" || message.epoch !== groupContext.epoch) {
      throw new NotOpened("message.wire");
    }
    try {
      const opened = await unprotectPrivateMessage(
        keySchedule.senderDataSecret,
        message,
        secretTree,
        ratchetTree,
        groupContext,
        CONFIG.keyRetentionConfig,
        this.#suite,
      );
      const { content } = opened.content;
      if (content.contentType !== "application" || content.sender.senderType !== "member") {
        throw new NotOpened("message.kind");
      }
      this.#state = { ...this.#state, secretTree: opened.tree };
      opened.consumed.forEach(zeroOutUint8Array);
      return { from: content.sender.leafIndex, content: copy(content.applicationData) };
    } catch (cause) {
      throw cause instanceof NotOpened ? cause : new NotOpened("message.refused", { cause });
    }
  }

  /** HPKE to the leaf keys of some members: the rest of the group cannot read it. */
  async sealTo(leaves: readonly number[], plaintext: Bytes): Promise<SealedFor[]> {
    const nodes = new Map(leafNodes(this.#state));
    const { hpke } = this.#suite;
    return Promise.all(
      leaves.map(async (leaf) => {
        const node = nodes.get(leaf);
        if (!node) throw new NotNow("leaf.unknown");
        const key = await hpke.importPublicKey(node.hpkePublicKey);
        const { enc, ct } = await hpke.seal(key, plaintext, this.#sealInfo(leaf));
        return { leaf, enc: copy(enc), ct: copy(ct) };
      }),
    );
  }

  async openSealed({ enc, ct }: Omit<SealedFor, "leaf">): Promise<Bytes> {
    const own = this.#state.privatePath.privateKeys[this.ownLeaf * 2];
    if (!own) throw new NotOpened("note.key");
    try {
      const key = await this.#suite.hpke.importPrivateKey(own);
      return copy(await this.#suite.hpke.open(key, enc, ct, this.#sealInfo(this.ownLeaf)));
    } catch (cause) {
      throw new NotOpened("note.refused", { cause });
    }
  }

  #sealInfo(leaf: number): Bytes {
    const place = utf8(`Quietroom note 1/${this.#state.groupContext.epoch}/${leaf}/`);
    return concat(place, this.#state.groupContext.groupId);
  }

  async #processed(
    message: PrivateMessage,
    judge: IncomingMessageCallback,
  ): Promise<{ newState: ClientState; consumed: Uint8Array[] }> {
    const psks = makePskIndex(this.#state, {});
    try {
      if (message.epoch !== this.#state.groupContext.epoch) throw new CommitRefused("commit.epoch");
      const result = await processPrivateMessage(this.#state, message, psks, this.#suite, judge);
      if (result.kind !== "newState") throw new CommitRefused("commit.kind");
      return result;
    } catch (cause) {
      throw cause instanceof CommitRefused ? cause : new CommitRefused("commit.invalid", { cause });
    }
  }

  /** No visit twice, no leaf that is not one of ours, and a group always has hosts. */
  #requireSound(what: "welcome" | "commit"): void {
    const leaves = this.leaves();
    const visits = new Set(leaves.map(({ admission }) => admission));
    const isSound = visits.size === leaves.length && leaves.some(({ isHost }) => isHost);
    if (isSound) return;
    throw what === "welcome"
      ? new NotOpened("welcome.unsound")
      : new CommitRefused("commit.unsound");
  }

  /** An update path may carry another name or key for its leaf: that would relabel a tile. */
  #requireSameMembers(before: MlsGroup, removed: readonly number[]): void {
    const now = new Map(this.leaves().map((leaf) => [leaf.leaf, leaf]));
    for (const was of before.leaves()) {
      const is = now.get(was.leaf);
      if (removed.includes(was.leaf)) continue;
      const isSame =
        is?.admission === was.admission &&
        is.alias === was.alias &&
        equal(is.signatureKey, was.signatureKey);
      if (!isSame) throw new CommitRefused("commit.identity");
    }
  }
}

function privateMessage(bytes: Bytes): PrivateMessage | null {
  const message = decoded(bytes);
  return message?.wireformat === "mls_private_message" ? message.privateMessage : null;
}
