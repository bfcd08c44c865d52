/** Which check belongs to a file of mlswg/mls-implementations: its entries' names tell. */
import type { Check, Entry } from "../../vectors/entry";
import { checkCryptoBasics, checkKeySchedule, checkSecretTree, checkTranscript } from "./basics";
import { checkLength, checkMessages } from "./codecs";
import { checkProtection } from "./protection";
import { checkPskSecret } from "./psk";
import { checkPassiveClient, checkWelcome } from "./scenarios";
import { checkTreeKem } from "./treekem";
import { checkTreeMath, checkTreeOperation, checkTreeValidation } from "./trees";

/** A name that only this kind of file has, and its check. */
const KINDS: readonly (readonly [string, Check])[] = [
  ["n_leaves", checkTreeMath],
  ["vlbytes_header", checkLength],
  ["mls_group_info", checkMessages],
  ["expand_with_label", checkCryptoBasics],
  ["initial_init_secret", checkKeySchedule],
  ["sender_data", checkSecretTree],
  ["authenticated_content", checkTranscript],
  ["application_priv", checkProtection],
  ["signer_pub", checkWelcome],
  ["initial_epoch_authenticator", checkPassiveClient],
  ["update_paths", checkTreeKem],
  ["tree_hash_before", checkTreeOperation],
  ["tree_hashes", checkTreeValidation],
  ["psks", checkPskSecret],
];

export function mlsChecks(first: Entry | undefined): Check {
  const kind = KINDS.find(([name]) => first && name in first);
  if (!kind) throw new TypeError("This is no vector file that is known here.");
  return kind[1];
}
