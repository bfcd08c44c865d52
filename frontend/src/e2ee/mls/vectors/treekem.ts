/** treekem of mlswg/mls-implementations: every leaf follows every update path. */
import { applyUpdatePathSecret } from "ts-mls/createCommit.js";
import type { GroupContext } from "ts-mls/groupContext.js";
import { getCommitSecret, pathToPathSecrets, pathToRoot } from "ts-mls/pathSecrets.js";
import {
  mergePrivateKeyPaths,
  type PrivateKeyPath,
  toPrivateKeyPath,
} from "ts-mls/privateKeyPath.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { treeHashRoot } from "ts-mls/treeHash.js";
import { toLeafIndex, toNodeIndex } from "ts-mls/treemath.js";
import {
  applyUpdatePath,
  createUpdatePath,
  decodeUpdatePath,
  type UpdatePath,
} from "ts-mls/updatePath.js";
import { equal } from "../../bytes";
import { bytesOf, type Entry, entriesOf, isHexOf, numberOf, toHex } from "../../vectors/entry";
import { contextOf, found, inSuite, type Suite, treeOf } from "./shared";

export const checkTreeKem = inSuite(async (entry, suite) => {
  const tree = treeOf(entry, "ratchet_tree");
  const privates = new Map<number, PrivateKeyPath>();
  for (const leaf of entriesOf(entry, "leaves_private")) {
    privates.set(numberOf(leaf, "index"), await privatePath(tree, leaf, suite));
  }
  for (const path of entriesOf(entry, "update_paths")) {
    const isFollowed =
      (await checkGivenPath(entry, path, tree, privates, suite)) &&
      (await checkFreshPath(entry, path, tree, privates, suite));
    if (!isFollowed) return false;
  }
  return true;
});

async function privatePath(tree: RatchetTree, leaf: Entry, suite: Suite): Promise<PrivateKeyPath> {
  const index = numberOf(leaf, "index");
  let path: PrivateKeyPath = {
    leafIndex: index,
    privateKeys: { [index * 2]: bytesOf(leaf, "encryption_priv") },
  };
  for (const known of entriesOf(leaf, "path_secrets")) {
    const node = toNodeIndex(numberOf(known, "node"));
    const secrets = await pathToRoot(tree, node, bytesOf(known, "path_secret"), suite.kdf);
    path = mergePrivateKeyPaths(path, await toPrivateKeyPath(secrets, index, suite));
  }
  return path;
}

async function checkGivenPath(
  entry: Entry,
  given: Entry,
  tree: RatchetTree,
  privates: ReadonlyMap<number, PrivateKeyPath>,
  suite: Suite,
): Promise<boolean> {
  const sender = numberOf(given, "sender");
  const path = found(decodeUpdatePath(bytesOf(given, "update_path"), 0));
  const after = await applyUpdatePath(tree, toLeafIndex(sender), path, suite.hash);
  const treeHash = await treeHashRoot(after, suite.hash);
  if (!isHexOf(treeHash, given, "tree_hash_after")) return false;
  const context = { ...contextOf({ ...entry, tree_hash: "" }, suite), treeHash };
  const expected = given.path_secrets as readonly (string | null)[];
  for (const [leaf, own] of privates) {
    if (leaf === sender) continue;
    const { pathSecret, commitSecret } = await follow(after, own, sender, context, path, suite);
    if (toHex(pathSecret) !== expected[leaf] || !isHexOf(commitSecret, given, "commit_secret")) {
      return false;
    }
  }
  return true;
}

async function checkFreshPath(
  entry: Entry,
  given: Entry,
  tree: RatchetTree,
  privates: ReadonlyMap<number, PrivateKeyPath>,
  suite: Suite,
): Promise<boolean> {
  const sender = numberOf(given, "sender");
  const leaves = entriesOf(entry, "leaves_private");
  const signer = leaves.find((leaf) => numberOf(leaf, "index") === sender);
  if (!signer) return false;
  const before = { ...contextOf({ ...entry, tree_hash: "" }, suite) };
  const signKey = bytesOf(signer, "signature_priv");
  const [after, path, secrets] = await createUpdatePath(
    tree,
    toLeafIndex(sender),
    before,
    signKey,
    suite,
  );
  const [top, topSecret] = Object.entries(pathToPathSecrets(secrets)).at(-1) ?? [];
  if (top === undefined || !topSecret) return false;
  const made = await getCommitSecret(after, toNodeIndex(Number(top)), topSecret, suite.kdf);
  const context = { ...before, treeHash: await treeHashRoot(after, suite.hash) };
  for (const [leaf, own] of privates) {
    if (leaf === sender) continue;
    const { commitSecret } = await follow(after, own, sender, inside(context), path, suite);
    if (!equal(commitSecret, made)) return false;
  }
  return true;
}

/** createUpdatePath itself counts the epoch on; the vectors' context is of the epoch after. */
function inside(context: GroupContext): GroupContext {
  return { ...context, epoch: context.epoch + 1n };
}

async function follow(
  tree: RatchetTree,
  own: PrivateKeyPath,
  sender: number,
  context: GroupContext,
  path: UpdatePath,
  suite: Suite,
): Promise<{ pathSecret: Uint8Array; commitSecret: Uint8Array }> {
  const leaf = toLeafIndex(sender);
  const { nodeIndex, pathSecret } = await applyUpdatePathSecret(
    tree,
    own,
    leaf,
    context,
    path,
    [],
    suite,
  );
  const commitSecret = await getCommitSecret(tree, nodeIndex, pathSecret, suite.kdf);
  return { pathSecret, commitSecret };
}
