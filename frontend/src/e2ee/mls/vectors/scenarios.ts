/** welcome and passive-client-* of mlswg/mls-implementations, through our own way of joining. */
import { type ClientConfig, defaultClientConfig } from "ts-mls/clientConfig.js";
import { type ClientState, joinGroup, makePskIndex } from "ts-mls/clientState.js";
import { verifyGroupInfoConfirmationTag, verifyGroupInfoSignature } from "ts-mls/groupInfo.js";
import { acceptAll } from "ts-mls/incomingMessageAction.js";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { processPrivateMessage, processPublicMessage } from "ts-mls/processMessages.js";
import { bytesToBase64 } from "ts-mls/util/byteArray.js";
import { decryptGroupInfo, decryptGroupSecrets, type Welcome } from "ts-mls/welcome.js";
import {
  bytesOf,
  type Entry,
  entriesOf,
  fromHex,
  isHexOf,
  type Verdict,
} from "../../vectors/entry";
import { joinByWelcome } from "../join";
import { decoded, decodePackage } from "../packages";
import { inSuite, type Suite, treeOf } from "./shared";

/** The vectors' people are not ours: any basic credential will do. */
const CONFIG: ClientConfig = defaultClientConfig;

export const checkWelcome = inSuite(async (entry, suite) => {
  const keyPackage = decodePackage(bytesOf(entry, "key_package"));
  const welcome = welcomeOf(entry);
  const initKey = await suite.hpke.importPrivateKey(bytesOf(entry, "init_priv"));
  const reference = await makeKeyPackageRef(keyPackage, suite.hash);
  const secrets = await decryptGroupSecrets(initKey, reference, welcome, suite.hpke);
  if (!secrets) return false;
  const noPsk = new Uint8Array(suite.kdf.size);
  const info = await decryptGroupInfo(welcome, secrets.joinerSecret, noPsk, suite);
  if (!info) return false;
  return (
    (await verifyGroupInfoSignature(info, bytesOf(entry, "signer_pub"), suite.signature)) &&
    (await verifyGroupInfoConfirmationTag(info, secrets.joinerSecret, noPsk, suite))
  );
});

export const checkPassiveClient = inSuite(async (entry, suite): Promise<Verdict> => {
  let state = await joined(entry, suite);
  if (!isAt(state, entry, "initial_epoch_authenticator")) return false;
  for (const epoch of entriesOf(entry, "epochs")) {
    for (const proposal of epoch.proposals as readonly string[]) {
      state = await followed(state, fromHex(proposal), entry, suite);
    }
    state = await followed(state, bytesOf(epoch, "commit"), entry, suite);
    if (!isAt(state, epoch, "epoch_authenticator")) return false;
  }
  return true;
});

/** Our way, unless the Welcome needs pre-shared keys, which only the library's way knows. */
async function joined(entry: Entry, suite: Suite): Promise<ClientState> {
  const own = {
    bytes: bytesOf(entry, "key_package"),
    initKey: bytesOf(entry, "init_priv"),
    leafKey: bytesOf(entry, "encryption_priv"),
    signKey: bytesOf(entry, "signature_priv"),
  };
  const tree = entry.ratchet_tree === null ? undefined : treeOf(entry, "ratchet_tree");
  if (entriesOf(entry, "external_psks").length === 0) {
    return joinByWelcome(welcomeOf(entry), own, suite, CONFIG, tree);
  }
  const keys = {
    initPrivateKey: own.initKey,
    hpkePrivateKey: own.leafKey,
    signaturePrivateKey: own.signKey,
  };
  const keyPackage = decodePackage(own.bytes);
  return joinGroup(
    welcomeOf(entry),
    keyPackage,
    keys,
    makePskIndex(undefined, externalPsks(entry)),
    suite,
    tree,
    undefined,
    CONFIG,
  );
}

async function followed(
  state: ClientState,
  bytes: Uint8Array<ArrayBuffer>,
  entry: Entry,
  suite: Suite,
): Promise<ClientState> {
  const message = decoded(bytes);
  const psks = makePskIndex(state, externalPsks(entry));
  if (message?.wireformat === "mls_private_message") {
    const { privateMessage } = message;
    return (await processPrivateMessage(state, privateMessage, psks, suite, acceptAll)).newState;
  }
  if (message?.wireformat !== "mls_public_message") throw new TypeError("not a message");
  return (await processPublicMessage(state, message.publicMessage, psks, suite, acceptAll))
    .newState;
}

function externalPsks(entry: Entry): Record<string, Uint8Array> {
  const psks = entriesOf(entry, "external_psks");
  return Object.fromEntries(
    psks.map((psk) => [bytesToBase64(bytesOf(psk, "psk_id")), bytesOf(psk, "psk")]),
  );
}

function welcomeOf(entry: Entry): Welcome {
  const message = decoded(bytesOf(entry, "welcome"));
  if (message?.wireformat !== "mls_welcome") throw new TypeError("not a Welcome");
  return message.welcome;
}

function isAt(state: ClientState, entry: Entry, name: string): boolean {
  return isHexOf(state.keySchedule.epochAuthenticator, entry, name);
}
