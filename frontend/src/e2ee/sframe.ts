/**
 * SFrame (RFC 9605) for the one suite in use, AES_128_GCM_SHA256_128.
 *
 * Pure: no clock, no state. The caller MUST NOT seal twice with the same key and counter, and
 * MUST refuse replays itself (replay.ts): both would break AES-GCM or the call.
 */
import { type Bytes, concat, utf8 } from "./bytes";

export const SUITE = 0x0004;
export const BASE_KEY_BYTES = 16;
export const TAG_BYTES = 16;
const KEY_BYTES = 16;
const NONCE_BYTES = 12;
const NO_BYTES: Bytes = new Uint8Array();

export interface Header {
  readonly kid: bigint;
  readonly ctr: bigint;
  /** Of the encoded header, in bytes: 1 to 17. */
  readonly length: number;
}

/** One sender's key under one KID: only good for sealing or opening, never to be read. */
export interface FrameKey {
  readonly kid: bigint;
  readonly key: CryptoKey;
  readonly salt: Bytes;
}

export interface FrameSecrets {
  readonly key: Bytes;
  readonly salt: Bytes;
}

/** RFC 9605 §4.3: one byte of configuration, then as many bytes of KID and CTR as they need. */
export function encodeHeader(kid: bigint, ctr: bigint): Bytes {
  const kidBytes = kid < 8n ? NO_BYTES : bigEndian(kid);
  const ctrBytes = ctr < 8n ? NO_BYTES : bigEndian(ctr);
  const kidCode = kid < 8n ? Number(kid) : 8 + kidBytes.length - 1;
  const ctrCode = ctr < 8n ? Number(ctr) : 8 + ctrBytes.length - 1;
  return concat(Uint8Array.of((kidCode << 4) | ctrCode), kidBytes, ctrBytes);
}

/** Null for a header that is cut off. Non-minimal lengths are read: the RFC does not forbid them. */
export function decodeHeader(bytes: Uint8Array): Header | null {
  const config = bytes[0];
  if (config === undefined) return null;
  const kid = readValue(config >> 4, bytes, 1);
  if (!kid) return null;
  const ctr = readValue(config & 15, bytes, kid.end);
  return ctr && { kid: kid.value, ctr: ctr.value, length: ctr.end };
}

/** RFC 9605 §4.4.2: the label carries KID and suite, so no two KIDs share a key. */
export async function deriveSecrets(baseKey: Bytes, kid: bigint): Promise<FrameSecrets> {
  const material = await crypto.subtle.importKey("raw", baseKey, "HKDF", false, ["deriveBits"]);
  const derive = async (label: string, length: number): Promise<Bytes> => {
    const info = concat(utf8(label), fixed(kid, 8), fixed(BigInt(SUITE), 2));
    const how = { name: "HKDF", hash: "SHA-256", salt: NO_BYTES, info };
    return new Uint8Array(await crypto.subtle.deriveBits(how, material, length * 8));
  };
  return {
    key: await derive("SFrame 1.0 Secret key ", KEY_BYTES),
    salt: await derive("SFrame 1.0 Secret salt ", NONCE_BYTES),
  };
}

export async function deriveKey(
  baseKey: Bytes,
  kid: bigint,
  usage: "encrypt" | "decrypt",
): Promise<FrameKey> {
  const { key, salt } = await deriveSecrets(baseKey, kid);
  return {
    kid,
    salt,
    key: await crypto.subtle.importKey("raw", key, "AES-GCM", false, [usage]),
  };
}

/** Header and ciphertext with its tag; `metadata` is authenticated and not part of the result. */
export async function seal(
  { kid, key, salt }: FrameKey,
  ctr: bigint,
  metadata: Uint8Array,
  plaintext: Bytes,
): Promise<Bytes> {
  const header = encodeHeader(kid, ctr);
  const how = aead(salt, ctr, header, metadata);
  const sealed = await crypto.subtle.encrypt(how, key, plaintext);
  return concat(header, new Uint8Array(sealed));
}

/** Null when it does not authenticate. `sealed` begins with the header that `header` was read from. */
export async function open(
  { key, salt }: FrameKey,
  header: Header,
  metadata: Uint8Array,
  sealed: Bytes,
): Promise<Bytes | null> {
  const ciphertext = sealed.subarray(header.length);
  if (ciphertext.length < TAG_BYTES) return null;
  const how = aead(salt, header.ctr, sealed.subarray(0, header.length), metadata);
  try {
    return new Uint8Array(await crypto.subtle.decrypt(how, key, ciphertext));
  } catch {
    return null;
  }
}

/** RFC 9605 §4.4.3: nonce = salt XOR counter; the header is authenticated before the metadata. */
export function nonceOf(salt: Bytes, ctr: bigint): Bytes {
  const nonce = fixed(ctr, NONCE_BYTES);
  for (let index = 0; index < NONCE_BYTES; index += 1) {
    nonce[index] = (nonce[index] ?? 0) ^ (salt[index] ?? 0);
  }
  return nonce;
}

function aead(salt: Bytes, ctr: bigint, header: Uint8Array, metadata: Uint8Array): AesGcmParams {
  return {
    name: "AES-GCM",
    iv: nonceOf(salt, ctr),
    additionalData: concat(header, metadata),
    tagLength: TAG_BYTES * 8,
  };
}

function readValue(
  code: number,
  bytes: Uint8Array,
  start: number,
): { value: bigint; end: number } | null {
  if (code < 8) return { value: BigInt(code), end: start };
  const end = start + code - 7;
  if (end > bytes.length) return null;
  let value = 0n;
  for (const byte of bytes.subarray(start, end)) value = (value << 8n) | BigInt(byte);
  return { value, end };
}

function bigEndian(value: bigint): Bytes {
  let length = 1;
  while (value >> BigInt(8 * length) > 0n) length += 1;
  return fixed(value, length);
}

function fixed(value: bigint, length: number): Bytes {
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let index = length - 1; rest > 0n && index >= 0; index -= 1) {
    bytes[index] = Number(rest & 255n);
    rest >>= 8n;
  }
  return bytes;
}
