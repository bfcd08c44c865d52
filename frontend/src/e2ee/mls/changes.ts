/** From what a host wants to the proposals of a commit, and back to what a commit would change. */
import type { ClientState } from "ts-mls/clientState.js";
import type { Proposal } from "ts-mls/proposal.js";
import type { ProposalWithSender } from "ts-mls/unappliedProposals.js";
import type { ProposedChange } from "../authority";
import type { Bytes } from "../bytes";
import { NotNow } from "../errors";
import { hostKeys, hostsExtension, isAmong, leafNodes } from "./leaves";
import { decodePackage } from "./packages";

export interface Change {
  readonly add: readonly Bytes[];
  /** Further KeyPackages, whose owners become hosts in the same commit. */
  readonly addHosts: readonly Bytes[];
  readonly remove: readonly number[];
}

export function proposalsOf(state: ClientState, change: Change): Proposal[] {
  const removes = change.remove.map(
    (removed): Proposal => ({ proposalType: "remove", remove: { removed } }),
  );
  const adds = [...change.add, ...change.addHosts].map(
    (bytes): Proposal => ({ proposalType: "add", add: { keyPackage: decodePackage(bytes) } }),
  );
  return [...removes, ...adds, ...hostsProposal(state, change)];
}

export function describe(
  state: ClientState,
  committer: number | undefined,
  proposals: readonly (Proposal | ProposalWithSender)[],
): ProposedChange {
  const hosts = hostKeys(state.groupContext.extensions);
  const node = new Map(leafNodes(state)).get(committer ?? -1);
  const counts = { adds: 0, removes: 0, others: node ? 0 : 1 };
  let changesHosts = false;
  for (const entry of proposals) {
    const proposal = "proposal" in entry ? entry.proposal : entry;
    if (proposal.proposalType === "add") counts.adds += 1;
    else if (proposal.proposalType === "remove") counts.removes += 1;
    else if (isHostsProposal(proposal)) changesHosts = true;
    else counts.others += 1;
  }
  const isByHost = node !== undefined && isAmong(hosts, node.signaturePublicKey);
  return { isByHost, changesHosts, ...counts };
}

export function removedLeaves(proposals: readonly ProposalWithSender[]): number[] {
  return proposals.flatMap(({ proposal }) =>
    proposal.proposalType === "remove" ? [proposal.remove.removed] : [],
  );
}

/**
 * A host that was removed stays in the list: without a leaf that is worth nothing, and the same
 * device comes back as what it was. ts-mls 1.6.4 makes a commit that no one can apply when the
 * list changes beside a Remove (it seals the path to the list as it was): two commits, then.
 */
function hostsProposal(state: ClientState, { addHosts, remove }: Change): Proposal[] {
  const before = hostKeys(state.groupContext.extensions);
  const fresh = addHosts
    .map((bytes) => decodePackage(bytes).leafNode.signaturePublicKey)
    .filter((key) => !isAmong(before, key));
  if (fresh.length === 0) return [];
  if (remove.length > 0) throw new NotNow("commit.host_with_remove");
  const extensions = [hostsExtension([...before, ...fresh])];
  return [{ proposalType: "group_context_extensions", groupContextExtensions: { extensions } }];
}

function isHostsProposal(proposal: Proposal): boolean {
  if (proposal.proposalType !== "group_context_extensions") return false;
  const { extensions } = proposal.groupContextExtensions;
  return extensions.length === 1 && hostKeys(extensions).length > 0;
}
