// @vitest-environment node

import {
  createGroupInfoWithExternalPubAndRatchetTree,
  joinGroupExternal,
} from "ts-mls/createCommit.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import type { Proposal } from "ts-mls/proposal.js";
import { describe, expect, it } from "vitest";
import { addition, forged, stateOf } from "../../testing/forgery";
import { identity } from "../../testing/members";
import { type Bytes, copy } from "../bytes";
import { encodeIdentity } from "../identity";
import { MlsGroup, makeDevice, makePackage } from ".";
import { hostsExtension } from "./leaves";
import { generate } from "./packages";
import { suite } from "./suite";

const GROUP_ID = new Uint8Array(16).fill(7);
const NOBODY = { add: [], addHosts: [], remove: [] };

async function pair() {
  const founded = await MlsGroup.create(GROUP_ID, await makeDevice(), identity("Thea"));
  const own = await makePackage(await makeDevice(), identity("Ana"));
  const { next: thea, welcome } = await founded.prepare({ ...NOBODY, add: [own.bytes] });
  if (!welcome) throw new Error("nobody was welcomed");
  return { thea, ana: await MlsGroup.join(GROUP_ID, welcome, own) };
}

async function forgedCommit(...given: Parameters<typeof forged>): Promise<Bytes> {
  return (await forged(...given)).commit;
}

async function ghost(): Promise<Proposal> {
  return addition((await makePackage(await makeDevice(), identity("Mallory"))).bytes);
}

describe("a commit that was forged", () => {
  it("by a member who adds a ghost is refused, and the same by the host is not", async () => {
    const { thea, ana } = await pair();
    const byAna = await forgedCommit(ana, [await ghost()]);
    await expect(thea.process(byAna)).rejects.toMatchObject({ code: "commit.not_by_host" });
    const byThea = await forgedCommit(thea, [await ghost()]);
    expect((await ana.process(byThea)).next?.leaves()).toHaveLength(3);
  });

  it("by a member who removes the host is refused", async () => {
    const { thea, ana } = await pair();
    const removal: Proposal = { proposalType: "remove", remove: { removed: 0 } };
    await expect(thea.process(await forgedCommit(ana, [removal]))).rejects.toMatchObject({
      code: "commit.not_by_host",
    });
  });

  it("by a member who makes itself a host is refused", async () => {
    const { thea, ana } = await pair();
    const own = ana.leaves().find((leaf) => leaf.own);
    if (!own) throw new Error("no own leaf");
    const coup: Proposal = {
      proposalType: "group_context_extensions",
      groupContextExtensions: { extensions: [hostsExtension([own.signatureKey])] },
    };
    await expect(thea.process(await forgedCommit(ana, [coup]))).rejects.toMatchObject({
      code: "commit.not_by_host",
    });
  });

  it("by a host with proposals of another kind is refused", async () => {
    const { thea, ana } = await pair();
    const end: Proposal = {
      proposalType: "reinit",
      reinit: {
        groupId: GROUP_ID,
        version: "mls10",
        cipherSuite: "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
        extensions: [],
      },
    };
    await expect(ana.process(await forgedCommit(thea, [end]))).rejects.toMatchObject({
      code: "commit.kind",
    });
  });

  it("by a host without hosts in the list is refused", async () => {
    const { thea, ana } = await pair();
    const nobody: Proposal = {
      proposalType: "group_context_extensions",
      groupContextExtensions: { extensions: [hostsExtension([])] },
    };
    await expect(ana.process(await forgedCommit(thea, [nobody]))).rejects.toMatchObject({
      code: "commit.kind",
    });
  });

  it("by a member who takes another's name in its update is refused", async () => {
    const { thea, ana } = await pair();
    const state = stateOf(ana);
    const own = ana.leaves().find((leaf) => leaf.own);
    if (!own) throw new Error("no own leaf");
    const named = encodeIdentity({ admission: own.admission, alias: "Thea" });
    const ratchetTree = state.ratchetTree.map((node, index) =>
      node?.nodeType === "leaf" && index === own.leaf * 2
        ? {
            ...node,
            leaf: {
              ...node.leaf,
              credential: { credentialType: "basic" as const, identity: named },
            },
          }
        : node,
    );
    const commit = await forgedCommit(ana, [], { ratchetTree });
    await expect(thea.process(commit)).rejects.toMatchObject({ code: "commit.identity" });
    const honest = await forgedCommit(ana, []);
    expect((await thea.process(honest)).next?.epoch).toBe(2);
  });

  it("from outside, as an external join, is refused", async () => {
    const { thea } = await pair();
    const state = stateOf(thea);
    const info = await createGroupInfoWithExternalPubAndRatchetTree(state, [], await suite());
    const device = await makeDevice();
    const { publicPackage, privatePackage } = await generate(device, identity("Mallory"));
    const { publicMessage } = await joinGroupExternal(
      info,
      publicPackage,
      privatePackage,
      false,
      await suite(),
    );
    const bytes = copy(
      encodeMlsMessage({ version: "mls10", wireformat: "mls_public_message", publicMessage }),
    );
    await expect(thea.process(bytes)).rejects.toMatchObject({ code: "commit.wire" });
  });

  it("with any byte changed is refused", async () => {
    const { thea, ana } = await pair();
    const { commit } = await thea.prepare(NOBODY);
    for (let index = 0; index < commit.length; index += 37) {
      const changed = commit.slice();
      changed[index] = (changed[index] ?? 0) ^ 1;
      await expect(ana.process(changed)).rejects.toThrow();
    }
    expect((await ana.process(commit)).next?.epoch).toBe(2);
  });
});
