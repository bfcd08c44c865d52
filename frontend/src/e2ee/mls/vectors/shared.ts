/** What several kinds of MLS vectors need. */
import type { GroupContext } from "ts-mls/groupContext.js";
import { decodeRatchetTree, type RatchetTree } from "ts-mls/ratchetTree.js";
import {
  bigOf,
  bytesOf,
  type Check,
  type Entry,
  numberOf,
  type Verdict,
} from "../../vectors/entry";
import { type Suite, suite } from "../suite";

export type { Suite } from "../suite";

const SUITE_1 = 1;

/** Only entries of the suite in use are looked at. */
export function inSuite(check: (entry: Entry, suite: Suite) => Promise<Verdict>): Check {
  return async (entry) =>
    numberOf(entry, "cipher_suite") === SUITE_1 ? check(entry, await suite()) : null;
}

/** From the fields that all files call by the same names. */
export function contextOf(entry: Entry, { name }: Suite): GroupContext {
  return {
    version: "mls10",
    cipherSuite: name,
    groupId: bytesOf(entry, "group_id"),
    epoch: bigOf(entry, "epoch"),
    treeHash: bytesOf(entry, "tree_hash"),
    confirmedTranscriptHash: bytesOf(entry, "confirmed_transcript_hash"),
    extensions: [],
  };
}

export function treeOf(entry: Entry, name: string): RatchetTree {
  return found(decodeRatchetTree(bytesOf(entry, name), 0));
}

export function found<T>(decoded: readonly [T, number] | undefined): T {
  if (!decoded) throw new TypeError("it does not decode");
  return decoded[0];
}
