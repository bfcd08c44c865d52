/** deserialization and messages of mlswg/mls-implementations: what is read is written the same. */
import { determineLength } from "ts-mls/codec/variableLength.js";
import { decodeCommit, encodeCommit } from "ts-mls/commit.js";
import { decodeGroupSecrets, encodeGroupSecrets } from "ts-mls/groupSecrets.js";
import { decodeMlsMessage, encodeMlsMessage } from "ts-mls/message.js";
import {
  decodeAdd,
  decodeExternalInit,
  decodeGroupContextExtensions,
  decodePSK,
  decodeReinit,
  decodeRemove,
  decodeUpdate,
  encodeAdd,
  encodeExternalInit,
  encodeGroupContextExtensions,
  encodePSK,
  encodeReinit,
  encodeRemove,
  encodeUpdate,
} from "ts-mls/proposal.js";
import { decodeRatchetTree, encodeRatchetTree } from "ts-mls/ratchetTree.js";
import { bytesOf, type Entry, isHexOf, numberOf, type Verdict } from "../../vectors/entry";
import { found } from "./shared";

export async function checkLength(entry: Entry): Promise<Verdict> {
  return determineLength(bytesOf(entry, "vlbytes_header")).length === numberOf(entry, "length");
}

type Decode<T> = (bytes: Uint8Array, offset: number) => [T, number] | undefined;

/** Reads and writes again. */
function both<T>(decode: Decode<T>, encode: (value: T) => Uint8Array) {
  return (bytes: Uint8Array): Uint8Array => encode(found(decode(bytes, 0)));
}

const message = both(decodeMlsMessage, encodeMlsMessage);
const CODECS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  mls_welcome: message,
  mls_group_info: message,
  mls_key_package: message,
  ratchet_tree: both(decodeRatchetTree, encodeRatchetTree),
  group_secrets: both(decodeGroupSecrets, encodeGroupSecrets),
  add_proposal: both(decodeAdd, encodeAdd),
  update_proposal: both(decodeUpdate, encodeUpdate),
  remove_proposal: both(decodeRemove, encodeRemove),
  pre_shared_key_proposal: both(decodePSK, encodePSK),
  re_init_proposal: both(decodeReinit, encodeReinit),
  external_init_proposal: both(decodeExternalInit, encodeExternalInit),
  group_context_extensions_proposal: both(
    decodeGroupContextExtensions,
    encodeGroupContextExtensions,
  ),
  commit: both(decodeCommit, encodeCommit),
  public_message_application: message,
  public_message_proposal: message,
  public_message_commit: message,
  private_message: message,
};

export async function checkMessages(entry: Entry): Promise<Verdict> {
  return Object.entries(CODECS).every(([name, again]) =>
    isHexOf(again(bytesOf(entry, name)), entry, name),
  );
}
