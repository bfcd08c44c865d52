/** crypto-basics, key-schedule, secret-tree and transcript-hashes of mlswg/mls-implementations. */
import { decodeAuthenticatedContent } from "ts-mls/authenticatedContent.js";
import { refhash } from "ts-mls/crypto/hash.js";
import { decryptWithLabel } from "ts-mls/crypto/hpke.js";
import { deriveSecret, deriveTreeSecret, expandWithLabel } from "ts-mls/crypto/kdf.js";
import { signWithLabel, verifyWithLabel } from "ts-mls/crypto/signature.js";
import { verifyConfirmationTag } from "ts-mls/framedContent.js";
import {
  encodeGroupContext,
  extractEpochSecret,
  extractJoinerSecret,
} from "ts-mls/groupContext.js";
import { extractWelcomeSecret } from "ts-mls/groupInfo.js";
import { initializeEpoch, mlsExporter } from "ts-mls/keySchedule.js";
import { createSecretTree, deriveKey, deriveNonce, ratchetUntil } from "ts-mls/secretTree.js";
import { expandSenderDataKey, expandSenderDataNonce } from "ts-mls/sender.js";
import { createConfirmedHash, createInterimHash } from "ts-mls/transcriptHash.js";
import {
  bytesOf,
  type Entry,
  entriesOf,
  entryOf,
  isHexOf,
  numberOf,
  textOf,
  type Verdict,
} from "../../vectors/entry";
import { contextOf, inSuite, type Suite } from "./shared";

export const checkCryptoBasics = inSuite(async (entry, suite) => {
  const verdicts = await Promise.all([
    checkLabels(entry, suite),
    checkSignature(entryOf(entry, "sign_with_label"), suite),
    checkEncryption(entryOf(entry, "encrypt_with_label"), suite),
  ]);
  return verdicts.every(Boolean);
});

async function checkLabels(entry: Entry, { hash, kdf }: Suite): Promise<boolean> {
  const [reference, expand] = [entryOf(entry, "ref_hash"), entryOf(entry, "expand_with_label")];
  const [secret, tree] = [entryOf(entry, "derive_secret"), entryOf(entry, "derive_tree_secret")];
  const results = [
    [reference, await refhash(textOf(reference, "label"), bytesOf(reference, "value"), hash)],
    [
      expand,
      await expandWithLabel(
        bytesOf(expand, "secret"),
        textOf(expand, "label"),
        bytesOf(expand, "context"),
        numberOf(expand, "length"),
        kdf,
      ),
    ],
    [secret, await deriveSecret(bytesOf(secret, "secret"), textOf(secret, "label"), kdf)],
    [
      tree,
      await deriveTreeSecret(
        bytesOf(tree, "secret"),
        textOf(tree, "label"),
        numberOf(tree, "generation"),
        numberOf(tree, "length"),
        kdf,
      ),
    ],
  ] as const;
  return results.every(([expected, made]) => isHexOf(made, expected, "out"));
}

async function checkSignature(entry: Entry, { signature }: Suite): Promise<boolean> {
  const [label, content] = [textOf(entry, "label"), bytesOf(entry, "content")];
  const publicKey = bytesOf(entry, "pub");
  const made = await signWithLabel(bytesOf(entry, "priv"), label, content, signature);
  const given = bytesOf(entry, "signature");
  return (
    (await verifyWithLabel(publicKey, label, content, given, signature)) &&
    (await verifyWithLabel(publicKey, label, content, made, signature))
  );
}

async function checkEncryption(entry: Entry, { hpke }: Suite): Promise<boolean> {
  const opened = await decryptWithLabel(
    await hpke.importPrivateKey(bytesOf(entry, "priv")),
    textOf(entry, "label"),
    bytesOf(entry, "context"),
    bytesOf(entry, "kem_output"),
    bytesOf(entry, "ciphertext"),
    hpke,
  );
  return isHexOf(opened, entry, "plaintext");
}

export const checkKeySchedule = inSuite(async (entry, suite) => {
  let initSecret: Uint8Array = bytesOf(entry, "initial_init_secret");
  for (const [number, epoch] of entriesOf(entry, "epochs").entries()) {
    const next = await checkEpoch(entry, epoch, number, initSecret, suite);
    if (!next) return false;
    initSecret = next;
  }
  return true;
});

/** The init secret of the next epoch, or null where anything differs. */
async function checkEpoch(
  group: Entry,
  epoch: Entry,
  number: number,
  initSecret: Uint8Array,
  suite: Suite,
): Promise<Uint8Array | null> {
  const context = contextOf({ ...epoch, group_id: group.group_id, epoch: number }, suite);
  const [commitSecret, psk] = [bytesOf(epoch, "commit_secret"), bytesOf(epoch, "psk_secret")];
  const joiner = await extractJoinerSecret(context, initSecret, commitSecret, suite.kdf);
  const welcome = await extractWelcomeSecret(joiner, psk, suite.kdf);
  const made = await initializeEpoch(initSecret, commitSecret, context, psk, suite.kdf);
  const { keySchedule: keys } = made;
  const external = await suite.hpke.deriveKeyPair(keys.externalSecret);
  const exporter = entryOf(epoch, "exporter");
  const exported = await mlsExporter(
    keys.exporterSecret,
    textOf(exporter, "label"),
    bytesOf(exporter, "context"),
    numberOf(exporter, "length"),
    suite,
  );
  const results: readonly (readonly [string, Uint8Array])[] = [
    ["group_context", encodeGroupContext(context)],
    ["joiner_secret", joiner],
    ["welcome_secret", welcome],
    ["init_secret", keys.initSecret],
    ["sender_data_secret", keys.senderDataSecret],
    ["encryption_secret", made.encryptionSecret],
    ["exporter_secret", keys.exporterSecret],
    ["epoch_authenticator", keys.epochAuthenticator],
    ["external_secret", keys.externalSecret],
    ["confirmation_key", keys.confirmationKey],
    ["membership_key", keys.membershipKey],
    ["resumption_psk", keys.resumptionPsk],
    ["external_pub", await suite.hpke.exportPublicKey(external.publicKey)],
  ];
  const holds =
    results.every(([name, value]) => isHexOf(value, epoch, name)) &&
    isHexOf(exported, exporter, "secret") &&
    (await extractEpochSecret(context, joiner, suite.kdf, psk)).length === suite.kdf.size;
  return holds ? keys.initSecret : null;
}

export const checkSecretTree = inSuite(async (entry, suite) => {
  const sender = entryOf(entry, "sender_data");
  const [secret, ciphertext] = [
    bytesOf(sender, "sender_data_secret"),
    bytesOf(sender, "ciphertext"),
  ];
  const key = await expandSenderDataKey(suite, secret, ciphertext);
  const nonce = await expandSenderDataNonce(suite, secret, ciphertext);
  if (!isHexOf(key, sender, "key") || !isHexOf(nonce, sender, "nonce")) return false;
  const leaves = entriesOf(entry, "leaves") as unknown as readonly (readonly Entry[])[];
  const tree = await createSecretTree(
    leaves.length,
    bytesOf(entry, "encryption_secret"),
    suite.kdf,
  );
  for (const [leaf, generations] of leaves.entries()) {
    const node = tree[leaf * 2];
    for (const expected of generations) {
      if (!node || !(await checkGeneration(node, expected, suite))) return false;
    }
  }
  return true;
});

async function checkGeneration(
  node: Awaited<ReturnType<typeof createSecretTree>>[number],
  expected: Entry,
  suite: Suite,
): Promise<boolean> {
  const generation = numberOf(expected, "generation");
  const config = {
    retainKeysForGenerations: 2 ** 31,
    retainKeysForEpochs: 1,
    maximumForwardRatchetSteps: 2 ** 31,
  };
  for (const kind of ["handshake", "application"] as const) {
    const [reached] = await ratchetUntil(node[kind], generation, config, suite.kdf);
    const key = await deriveKey(reached.secret, generation, suite);
    const nonce = await deriveNonce(reached.secret, generation, suite);
    const holds =
      isHexOf(key, expected, `${kind}_key`) && isHexOf(nonce, expected, `${kind}_nonce`);
    if (!holds) return false;
  }
  return true;
}

export const checkTranscript = inSuite(async (entry, { hash }): Promise<Verdict> => {
  const decoded = decodeAuthenticatedContent(bytesOf(entry, "authenticated_content"), 0)?.[0];
  if (decoded?.content.contentType !== "commit" || decoded.auth.contentType !== "commit") {
    return false;
  }
  const { content, auth, wireformat } = decoded;
  const before = bytesOf(entry, "interim_transcript_hash_before");
  const input = { wireformat, content, signature: auth.signature };
  const confirmed = await createConfirmedHash(before, input, hash);
  const interim = await createInterimHash(confirmed, auth.confirmationTag, hash);
  const key = bytesOf(entry, "confirmation_key");
  return (
    isHexOf(confirmed, entry, "confirmed_transcript_hash_after") &&
    isHexOf(interim, entry, "interim_transcript_hash_after") &&
    (await verifyConfirmationTag(key, auth.confirmationTag, confirmed, hash))
  );
});
