/** What the group's own code refuses to make: commits straight from the library. */
import { defaultClientConfig } from "ts-mls/clientConfig.js";
import { type ClientState, decodeGroupState, makePskIndex } from "ts-mls/clientState.js";
import { createCommit } from "ts-mls/createCommit.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import type { Proposal } from "ts-mls/proposal.js";
import { type Bytes, copy } from "../e2ee/bytes";
import type { MlsGroup } from "../e2ee/mls";
import { decodePackage } from "../e2ee/mls/packages";
import { suite } from "../e2ee/mls/suite";

export interface Forged {
  readonly epoch: number;
  readonly commit: Bytes;
  readonly welcome: Bytes | null;
}

export function stateOf(group: MlsGroup): ClientState {
  const state = decodeGroupState(group.encode(), 0)?.[0];
  if (!state) throw new Error("no state");
  return { ...state, clientConfig: defaultClientConfig };
}

export async function forged(
  by: MlsGroup,
  extraProposals: Proposal[],
  change: Partial<ClientState> = {},
): Promise<Forged> {
  const state = { ...stateOf(by), ...change };
  const { commit, welcome } = await createCommit(
    { state, cipherSuite: await suite(), pskIndex: makePskIndex(state, {}) },
    { extraProposals, ratchetTreeExtension: true },
  );
  const wire = welcome && ({ version: "mls10", wireformat: "mls_welcome", welcome } as const);
  return {
    epoch: by.epoch,
    commit: copy(encodeMlsMessage(commit)),
    welcome: wire ? copy(encodeMlsMessage(wire)) : null,
  };
}

export function addition(keyPackage: Bytes): Proposal {
  return { proposalType: "add", add: { keyPackage: decodePackage(keyPackage) } };
}
