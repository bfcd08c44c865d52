/** tree-math, tree-operations and tree-validation of mlswg/mls-implementations. */
import { decodeProposal, type Proposal } from "ts-mls/proposal.js";
import {
  addLeafNode,
  encodeRatchetTree,
  type RatchetTree,
  removeLeafNode,
  resolution,
  updateLeafNode,
} from "ts-mls/ratchetTree.js";
import { treeHash, treeHashRoot } from "ts-mls/treeHash.js";
import {
  leafWidth,
  left,
  nodeWidth,
  parent,
  right,
  root,
  sibling,
  toLeafIndex,
  toNodeIndex,
} from "ts-mls/treemath.js";
import { bytesOf, type Entry, isHexOf, numberOf, toHex, type Verdict } from "../../vectors/entry";
import { requireValidTree } from "../tree";
import { found, inSuite, treeOf } from "./shared";

export async function checkTreeMath(entry: Entry): Promise<Verdict> {
  const leaves = numberOf(entry, "n_leaves");
  const nodes = nodeWidth(leaves);
  const relations = {
    left: (node: number) => left(toNodeIndex(node)),
    right: (node: number) => right(toNodeIndex(node)),
    parent: (node: number) => parent(toNodeIndex(node), leaves),
    sibling: (node: number) => sibling(toNodeIndex(node), leaves),
  };
  const holds = Object.entries(relations).every(([name, relation]) =>
    (entry[name] as (number | null)[]).every(
      // Nodes without such a relation are never asked about.
      (expected, node) => expected === null || relation(node) === expected,
    ),
  );
  return holds && nodes === numberOf(entry, "n_nodes") && root(leaves) === numberOf(entry, "root");
}

export const checkTreeOperation = inSuite(async (entry, { hash }) => {
  const before = treeOf(entry, "tree_before");
  const proposal = found(decodeProposal(bytesOf(entry, "proposal"), 0));
  const after = applied(before, proposal, numberOf(entry, "proposal_sender"));
  return (
    isHexOf(await treeHashRoot(before, hash), entry, "tree_hash_before") &&
    isHexOf(encodeRatchetTree(after), entry, "tree_after") &&
    isHexOf(await treeHashRoot(after, hash), entry, "tree_hash_after")
  );
});

function applied(tree: RatchetTree, proposal: Proposal, sender: number): RatchetTree {
  switch (proposal.proposalType) {
    case "add":
      return addLeafNode(tree, proposal.add.keyPackage.leafNode)[0];
    case "update":
      return updateLeafNode(tree, proposal.update.leafNode, toLeafIndex(sender));
    case "remove":
      return removeLeafNode(tree, toLeafIndex(proposal.remove.removed));
    default:
      throw new TypeError("not an operation on the tree");
  }
}

/** By our own rules, which every newcomer's browser applies to the tree in its Welcome. */
export const checkTreeValidation = inSuite(async (entry, suite) => {
  const tree = treeOf(entry, "tree");
  const resolutions = entry.resolutions as readonly (readonly number[])[];
  const hashes = entry.tree_hashes as readonly string[];
  for (const [index, expected] of hashes.entries()) {
    const node = toNodeIndex(index);
    if (toHex(await treeHash(tree, node, suite.hash)) !== expected) return false;
    if (resolution(tree, node).join() !== resolutions[index]?.join()) return false;
  }
  const context = {
    version: "mls10",
    cipherSuite: suite.name,
    groupId: bytesOf(entry, "group_id"),
    epoch: 0n,
    treeHash: await treeHash(tree, root(leafWidth(tree.length)), suite.hash),
    confirmedTranscriptHash: new Uint8Array(),
    extensions: [],
  } as const;
  await requireValidTree(tree, { ...context, extensions: [] }, suite, async () => true);
  return true;
});
