/**
 * Is the tree in a Welcome one that a group can have? RFC 9420 §12.4.3.1.
 *
 * ts-mls 1.6.4 compares lists of unmerged leaves that may differ, up to the root, and so refuses
 * good trees once people have come and gone: this is the rule of the RFC instead.
 */
import type { AuthenticationService } from "ts-mls/authenticationService.js";
import type { GroupContext } from "ts-mls/groupContext.js";
import {
  type LeafNode,
  verifyLeafNodeSignature,
  verifyLeafNodeSignatureKeyPackage,
} from "ts-mls/leafNode.js";
import { verifyParentHashes } from "ts-mls/parentHash.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { treeHashRoot } from "ts-mls/treeHash.js";
import {
  directPath,
  isLeaf,
  leafToNodeIndex,
  leafWidth,
  type NodeIndex,
  toLeafIndex,
  toNodeIndex,
} from "ts-mls/treemath.js";
import { equal, toBase64 } from "../bytes";
import { NotOpened } from "../errors";
import type { Suite } from "./suite";

type Validate = AuthenticationService["validateCredential"];

/** Throws NotOpened at the first thing that does not hold. */
export async function requireValidTree(
  tree: RatchetTree,
  context: GroupContext,
  suite: Suite,
  validate: Validate,
): Promise<void> {
  requireShape(tree);
  requireDifferentKeys(tree);
  requireUnmergedLeaves(tree);
  for (const [index, node] of tree.entries()) {
    if (node?.nodeType !== "leaf") continue;
    await requireSigned(node.leaf, index / 2, context, suite);
    if (!(await validate(node.leaf.credential, node.leaf.signaturePublicKey))) {
      throw new NotOpened("tree.credential");
    }
  }
  if (!equal(await treeHashRoot(tree, suite.hash), context.treeHash)) {
    throw new NotOpened("tree.hash");
  }
  if (!(await verifyParentHashes(tree, suite.hash))) throw new NotOpened("tree.parent_hash");
}

function requireShape(tree: RatchetTree): void {
  for (const [index, node] of tree.entries()) {
    if (!node) continue;
    const isLeafPlace = isLeaf(toNodeIndex(index));
    if (isLeafPlace !== (node.nodeType === "leaf")) throw new NotOpened("tree.shape");
  }
}

function requireDifferentKeys(tree: RatchetTree): void {
  const seen = new Set<string>();
  const take = (key: Uint8Array): void => {
    const text = toBase64(key);
    if (seen.has(text)) throw new NotOpened("tree.key_twice");
    seen.add(text);
  };
  for (const node of tree) {
    if (node?.nodeType === "parent") take(node.parent.hpkePublicKey);
    if (node?.nodeType !== "leaf") continue;
    take(node.leaf.hpkePublicKey);
    take(node.leaf.signaturePublicKey);
  }
}

/** Each unmerged leaf lies below its parent, and every filled node between the two names it too. */
function requireUnmergedLeaves(tree: RatchetTree): void {
  for (const [index, node] of tree.entries()) {
    if (node?.nodeType !== "parent") continue;
    for (const leaf of node.parent.unmergedLeaves) {
      const between = pathBelow(tree, leaf, index);
      const isNamed = between?.every((place) => names(tree, place, leaf));
      if (!isNamed) throw new NotOpened("tree.unmerged");
    }
  }
}

/** The nodes from a leaf's parent up to below `ancestor`; null when that is no ancestor. */
function pathBelow(tree: RatchetTree, leaf: number, ancestor: number): NodeIndex[] | null {
  const own = leafToNodeIndex(toLeafIndex(leaf));
  if (tree[own]?.nodeType !== "leaf") return null;
  const path = directPath(own, leafWidth(tree.length));
  const end = path.indexOf(toNodeIndex(ancestor));
  return end < 0 ? null : path.slice(0, end);
}

function names(tree: RatchetTree, place: NodeIndex, leaf: number): boolean {
  const node = tree[place];
  return node?.nodeType !== "parent" || node.parent.unmergedLeaves.includes(leaf);
}

async function requireSigned(
  leaf: LeafNode,
  index: number,
  context: GroupContext,
  { signature }: Suite,
): Promise<void> {
  const isSigned =
    leaf.leafNodeSource === "key_package"
      ? await verifyLeafNodeSignatureKeyPackage(leaf, signature)
      : await verifyLeafNodeSignature(leaf, context.groupId, index, signature);
  if (!isSigned) throw new NotOpened("tree.signature");
}
