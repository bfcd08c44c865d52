/** message-protection of mlswg/mls-implementations: the member with leaf 1 has sent everything. */
import { defaultClientConfig } from "ts-mls/clientConfig.js";
import { encodeCommit } from "ts-mls/commit.js";
import type { FramedContent } from "ts-mls/framedContent.js";
import { protectApplicationData, unprotectPrivateMessage } from "ts-mls/messageProtection.js";
import { unprotectPublicMessage } from "ts-mls/messageProtectionPublic.js";
import type { PrivateMessage } from "ts-mls/privateMessage.js";
import { encodeProposal } from "ts-mls/proposal.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { createSecretTree } from "ts-mls/secretTree.js";
import { bytesOf, type Entry, isHexOf } from "../../vectors/entry";
import { decoded, generate, makeDevice } from "../packages";
import { contextOf, inSuite, type Suite } from "./shared";

const SENDER = 1;
const KINDS = ["proposal", "commit", "application"] as const;

export const checkProtection = inSuite(async (entry, suite) => {
  for (const kind of KINDS) {
    const isRight = (content: FramedContent): boolean => isHexOf(plain(content), entry, kind);
    if (!isRight(await opened(entry, `${kind}_priv`, suite))) return false;
    if (kind !== "application" && !isRight(await verified(entry, `${kind}_pub`, suite))) {
      return false;
    }
  }
  return isHexOf(plain(await openedAgain(entry, suite)), entry, "application");
});

function plain(content: FramedContent): Uint8Array {
  if (content.contentType === "application") return content.applicationData;
  if (content.contentType === "commit") return encodeCommit(content.commit);
  return encodeProposal(content.proposal);
}

async function opened(entry: Entry, name: string, suite: Suite): Promise<FramedContent> {
  const message = decoded(bytesOf(entry, name));
  if (message?.wireformat !== "mls_private_message") throw new TypeError("not private");
  return openedPrivate(entry, message.privateMessage, suite);
}

async function openedPrivate(
  entry: Entry,
  message: PrivateMessage,
  suite: Suite,
): Promise<FramedContent> {
  const result = await unprotectPrivateMessage(
    bytesOf(entry, "sender_data_secret"),
    message,
    await createSecretTree(2, bytesOf(entry, "encryption_secret"), suite.kdf),
    await twoLeaves(),
    contextOf(entry, suite),
    defaultClientConfig.keyRetentionConfig,
    suite,
    bytesOf(entry, "signature_pub"),
  );
  return result.content.content;
}

async function verified(entry: Entry, name: string, suite: Suite): Promise<FramedContent> {
  const message = decoded(bytesOf(entry, name));
  if (message?.wireformat !== "mls_public_message") throw new TypeError("not public");
  const result = await unprotectPublicMessage(
    bytesOf(entry, "membership_key"),
    contextOf(entry, suite),
    await twoLeaves(),
    message.publicMessage,
    suite,
    bytesOf(entry, "signature_pub"),
  );
  return result.content;
}

async function openedAgain(entry: Entry, suite: Suite): Promise<FramedContent> {
  const { privateMessage } = await protectApplicationData(
    bytesOf(entry, "signature_priv"),
    bytesOf(entry, "sender_data_secret"),
    bytesOf(entry, "application"),
    new Uint8Array(),
    contextOf(entry, suite),
    await createSecretTree(2, bytesOf(entry, "encryption_secret"), suite.kdf),
    SENDER,
    defaultClientConfig.paddingConfig,
    suite,
  );
  return openedPrivate(entry, privateMessage, suite);
}

/** Two leaves that nobody looks into: the signature key is given with the vector. */
async function twoLeaves(): Promise<RatchetTree> {
  const who = { admission: "00000000-0000-4000-8000-000000000000", alias: "" };
  const { publicPackage } = await generate(await makeDevice(), who);
  const leaf = { nodeType: "leaf", leaf: publicPackage.leafNode } as const;
  return [leaf, undefined, leaf];
}
