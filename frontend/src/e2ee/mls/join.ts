/**
 * From a Welcome to the state of a member, as RFC 9420 §12.4.3.1 says.
 *
 * Our own sequence over the library's parts, because its own joining refuses good trees (tree.ts).
 * No pre-shared keys, no resumption: a Welcome that asks for them is refused.
 */
import type { ClientConfig } from "ts-mls/clientConfig.js";
import type { ClientState } from "ts-mls/clientState.js";
import {
  type GroupInfo,
  ratchetTreeFromExtension,
  verifyGroupInfoConfirmationTag,
  verifyGroupInfoSignature,
} from "ts-mls/groupInfo.js";
import type { GroupSecrets } from "ts-mls/groupSecrets.js";
import { type KeyPackage, makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { deriveKeySchedule } from "ts-mls/keySchedule.js";
import { pathToRoot } from "ts-mls/pathSecrets.js";
import {
  mergePrivateKeyPaths,
  type PrivateKeyPath,
  toPrivateKeyPath,
} from "ts-mls/privateKeyPath.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { createSecretTree } from "ts-mls/secretTree.js";
import { leafToNodeIndex, leafWidth, toLeafIndex } from "ts-mls/treemath.js";
import { firstCommonAncestor } from "ts-mls/updatePath.js";
import { zeroOutUint8Array } from "ts-mls/util/byteArray.js";
import { decryptGroupInfo, decryptGroupSecrets, type Welcome } from "ts-mls/welcome.js";
import { equal } from "../bytes";
import { NotOpened } from "../errors";
import { decodePackage, type OwnPackage } from "./packages";
import type { Suite } from "./suite";
import { requireValidTree } from "./tree";

export async function joinByWelcome(
  welcome: Welcome,
  own: OwnPackage,
  suite: Suite,
  clientConfig: ClientConfig,
  givenTree?: RatchetTree,
): Promise<ClientState> {
  const keyPackage = decodePackage(own.bytes);
  const secrets = await openSecrets(welcome, own, keyPackage, suite);
  const noPsk = new Uint8Array(suite.kdf.size);
  const info = await decryptGroupInfo(welcome, secrets.joinerSecret, noPsk, suite);
  const tree = info && (ratchetTreeFromExtension(info) ?? givenTree);
  if (!tree || info.groupContext.cipherSuite !== suite.name) throw new NotOpened("welcome.info");
  await requireSigned(info, tree, suite);
  const { validateCredential } = clientConfig.authService;
  await requireValidTree(tree, info.groupContext, suite, validateCredential);
  const privatePath = await privatePathOf(tree, keyPackage, own, secrets, info.signer, suite);
  const [keySchedule, encryptionSecret] = await deriveKeySchedule(
    secrets.joinerSecret,
    noPsk,
    info.groupContext,
    suite.kdf,
  );
  if (!(await verifyGroupInfoConfirmationTag(info, secrets.joinerSecret, noPsk, suite))) {
    throw new NotOpened("welcome.confirmation");
  }
  const secretTree = await createSecretTree(leafWidth(tree.length), encryptionSecret, suite.kdf);
  zeroOutUint8Array(encryptionSecret);
  zeroOutUint8Array(secrets.joinerSecret);
  return {
    groupContext: info.groupContext,
    ratchetTree: tree,
    privatePath,
    signaturePrivateKey: own.signKey,
    confirmationTag: info.confirmationTag,
    unappliedProposals: {},
    keySchedule,
    secretTree,
    historicalReceiverData: new Map(),
    groupActiveState: { kind: "active" },
    clientConfig,
  };
}

async function openSecrets(
  welcome: Welcome,
  own: OwnPackage,
  keyPackage: KeyPackage,
  { hash, hpke }: Suite,
): Promise<GroupSecrets> {
  const reference = await makeKeyPackageRef(keyPackage, hash);
  const initKey = await hpke.importPrivateKey(own.initKey);
  const secrets = await decryptGroupSecrets(initKey, reference, welcome, hpke);
  if (!secrets) throw new NotOpened("welcome.secrets");
  if (secrets.psks.length > 0) throw new NotOpened("welcome.psk");
  return secrets;
}

async function requireSigned(info: GroupInfo, tree: RatchetTree, suite: Suite): Promise<void> {
  const signer = tree[leafToNodeIndex(toLeafIndex(info.signer))];
  if (signer?.nodeType !== "leaf") throw new NotOpened("welcome.signer");
  const { signaturePublicKey } = signer.leaf;
  if (!(await verifyGroupInfoSignature(info, signaturePublicKey, suite.signature))) {
    throw new NotOpened("welcome.signature");
  }
}

/** One's own leaf key, and the keys above it if the commit had a path. */
async function privatePathOf(
  tree: RatchetTree,
  { leafNode }: KeyPackage,
  own: OwnPackage,
  { pathSecret }: GroupSecrets,
  signer: number,
  suite: Suite,
): Promise<PrivateKeyPath> {
  const place = tree.findIndex(
    (node) => node?.nodeType === "leaf" && equal(node.leaf.signature, leafNode.signature),
  );
  if (place < 0) throw new NotOpened("welcome.own_leaf");
  const leaf = toLeafIndex(place / 2);
  const leafOnly = { leafIndex: leaf, privateKeys: { [place]: own.leafKey } };
  if (!pathSecret) return leafOnly;
  const ancestor = firstCommonAncestor(tree, leaf, toLeafIndex(signer));
  const secrets = await pathToRoot(tree, ancestor, pathSecret, suite.kdf);
  return mergePrivateKeyPaths(await toPrivateKeyPath(secrets, leaf, suite), leafOnly);
}
