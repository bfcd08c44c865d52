/** Device keys and KeyPackages: what a browser shows before it is in a group. */
import type { Capabilities } from "ts-mls/capabilities.js";
import {
  generateKeyPackageWithKey,
  type KeyPackage,
  type PrivateKeyPackage,
  verifyKeyPackage,
} from "ts-mls/keyPackage.js";
import { decodeMlsMessage, encodeMlsMessage, type MLSMessage } from "ts-mls/message.js";
import { type Bytes, copy } from "../bytes";
import { NotOpened } from "../errors";
import { encodeIdentity, type Identity } from "../identity";
import { HOSTS_EXTENSION, identityOf } from "./leaves";
import { suite } from "./suite";

const CAPABILITIES: Capabilities = {
  versions: ["mls10"],
  ciphersuites: ["MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519"],
  extensions: [HOSTS_EXTENSION],
  proposals: [],
  credentials: ["basic"],
};
const LIFETIME_SECONDS = 24n * 3600n;

export interface Device {
  readonly publicKey: Bytes;
  readonly signKey: Bytes;
}

/** A KeyPackage and its private half; used once. */
export interface OwnPackage {
  readonly bytes: Bytes;
  readonly initKey: Bytes;
  readonly leafKey: Bytes;
  readonly signKey: Bytes;
}

export async function makeDevice(): Promise<Device> {
  const { publicKey, signKey } = await (await suite()).signature.keygen();
  return { publicKey: copy(publicKey), signKey: copy(signKey) };
}

export async function makePackage(device: Device, identity: Identity): Promise<OwnPackage> {
  const { publicPackage, privatePackage } = await generate(device, identity);
  return {
    bytes: encodePackage(publicPackage),
    initKey: copy(privatePackage.initPrivateKey),
    leafKey: copy(privatePackage.hpkePrivateKey),
    signKey: copy(privatePackage.signaturePrivateKey),
  };
}

/** Throws NotOpened unless both signatures hold and the credential reads as one of ours. */
export async function inspectPackage(bytes: Bytes): Promise<Identity & { signatureKey: Bytes }> {
  const found = decodePackage(bytes);
  if (!(await verifyKeyPackage(found, (await suite()).signature))) {
    throw new NotOpened("package.signature");
  }
  return {
    ...identityOf(found.leafNode),
    signatureKey: copy(found.leafNode.signaturePublicKey),
  };
}

export async function generate(
  device: Device,
  identity: Identity,
): Promise<{ publicPackage: KeyPackage; privatePackage: PrivateKeyPackage }> {
  const now = BigInt(Math.floor(Date.now() / 1000));
  // A day each way: browsers' clocks differ, and a package is used within minutes.
  const lifetime = { notBefore: now - LIFETIME_SECONDS, notAfter: now + LIFETIME_SECONDS };
  return generateKeyPackageWithKey(
    { credentialType: "basic", identity: encodeIdentity(identity) },
    CAPABILITIES,
    lifetime,
    [],
    device,
    await suite(),
  );
}

function encodePackage(keyPackage: KeyPackage): Bytes {
  return copy(encodeMlsMessage({ version: "mls10", wireformat: "mls_key_package", keyPackage }));
}

export function decodePackage(bytes: Bytes): KeyPackage {
  const message = decoded(bytes);
  if (message?.wireformat !== "mls_key_package") throw new NotOpened("package.malformed");
  return message.keyPackage;
}

/** Null for bytes that are no MLS message, whatever the library does with them. */
export function decoded(bytes: Bytes): MLSMessage | null {
  try {
    return decodeMlsMessage(bytes, 0)?.[0] ?? null;
  } catch {
    return null;
  }
}
