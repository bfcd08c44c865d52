/** Reading the tree: whose leaf is whose, and whose keys stand in the list of hosts. */
import type { ClientState } from "ts-mls/clientState.js";
import type { Extension } from "ts-mls/extension.js";
import type { LeafNode } from "ts-mls/leafNode.js";
import { type Bytes, concat, copy, equal } from "../bytes";
import { NotOpened } from "../errors";
import { decodeIdentity, type Identity } from "../identity";

/** Private use (RFC 9420 §17.3): the hosts' Ed25519 keys, 32 bytes each, one after the other. */
export const HOSTS_EXTENSION = 0xf0a1;
const SIGNATURE_KEY_BYTES = 32;

export function leafNodes(state: ClientState): [number, LeafNode][] {
  return state.ratchetTree.flatMap((node, index) =>
    node?.nodeType === "leaf" ? [[index / 2, node.leaf] as [number, LeafNode]] : [],
  );
}

export function identityOf(node: LeafNode): Identity {
  if (node.credential.credentialType !== "basic") throw new NotOpened("identity.type");
  return decodeIdentity(node.credential.identity);
}

export function isReadable(credential: LeafNode["credential"]): boolean {
  if (credential.credentialType !== "basic") return false;
  try {
    decodeIdentity(credential.identity);
    return true;
  } catch {
    return false;
  }
}

export function hostsExtension(keys: readonly Uint8Array[]): Extension {
  return { extensionType: HOSTS_EXTENSION, extensionData: concat(...keys) };
}

/** Empty for a list that does not read as whole keys: then nobody is a host. */
export function hostKeys(extensions: readonly Extension[]): Bytes[] {
  const data = extensions.find(({ extensionType }) => extensionType === HOSTS_EXTENSION);
  const bytes = data?.extensionData ?? new Uint8Array();
  if (bytes.length % SIGNATURE_KEY_BYTES !== 0) return [];
  const count = bytes.length / SIGNATURE_KEY_BYTES;
  return Array.from({ length: count }, (_, index) =>
    copy(bytes.subarray(index * SIGNATURE_KEY_BYTES, (index + 1) * SIGNATURE_KEY_BYTES)),
  );
}

export function isAmong(keys: readonly Uint8Array[], key: Uint8Array): boolean {
  return keys.some((known) => equal(known, key));
}
