/**
 * Who may change the group: asked by every browser about every commit before it is applied.
 *
 * A hostile server can carry any bytes; what it cannot do is sign as a host. The hosts' keys
 * stand in the group context, which the epoch's secrets depend on.
 */
export interface ProposedChange {
  /** Is the committer's signature key in the list of hosts as it was before this commit? */
  readonly isByHost: boolean;
  readonly adds: number;
  readonly removes: number;
  readonly changesHosts: boolean;
  /** Proposals of any other kind: updates by reference, re-initialisation, external joins … */
  readonly others: number;
}

/** Null when it may be applied, else why not. A commit without proposals is one's own Update. */
export function refusal(change: ProposedChange): string | null {
  if (change.others > 0) return "commit.kind";
  const isOwnUpdate = change.adds === 0 && change.removes === 0 && !change.changesHosts;
  return isOwnUpdate || change.isByHost ? null : "commit.not_by_host";
}
