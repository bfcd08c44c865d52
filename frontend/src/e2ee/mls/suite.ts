/**
 * MLS suite 1: X25519, AES-128-GCM, SHA-256, Ed25519, all by the browser's own WebCrypto.
 *
 * The library's own index is never imported: it drags in the provider that brings its own
 * cryptography in script, and with it packages that nothing here uses.
 */
import { type CiphersuiteImpl, getCiphersuiteFromName } from "ts-mls/crypto/ciphersuite.js";
import { defaultCryptoProvider } from "ts-mls/crypto/implementation/default/provider.js";

export type Suite = CiphersuiteImpl;

let made: Promise<Suite> | undefined;

export function suite(): Promise<Suite> {
  made ??= defaultCryptoProvider.getCiphersuiteImpl(
    getCiphersuiteFromName("MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519"),
  );
  return made;
}
