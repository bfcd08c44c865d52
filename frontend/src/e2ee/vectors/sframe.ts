/** The vectors of RFC 9605 (sframe-wg/sframe, test-vectors.json): headers, and the suite in use. */
import { concat, equal } from "../bytes";
import {
  decodeHeader,
  deriveKey,
  deriveSecrets,
  encodeHeader,
  nonceOf,
  open,
  SUITE,
  seal,
} from "../sframe";
import { bigOf, bytesOf, type Entry, isHexOf, numberOf, type Verdict } from "./entry";

export async function checkHeader(entry: Entry): Promise<Verdict> {
  const [kid, ctr] = [bigOf(entry, "kid"), bigOf(entry, "ctr")];
  const read = decodeHeader(bytesOf(entry, "encoded"));
  return isHexOf(encodeHeader(kid, ctr), entry, "encoded") && read?.kid === kid && read.ctr === ctr;
}

export async function checkSframe(entry: Entry): Promise<Verdict> {
  if (numberOf(entry, "cipher_suite") !== SUITE) return null;
  const [kid, ctr] = [bigOf(entry, "kid"), bigOf(entry, "ctr")];
  const [baseKey, metadata] = [bytesOf(entry, "base_key"), bytesOf(entry, "metadata")];
  const [plain, sealed] = [bytesOf(entry, "pt"), bytesOf(entry, "ct")];
  const secrets = await deriveSecrets(baseKey, kid);
  const header = decodeHeader(sealed);
  if (!header) return false;
  const made = await seal(await deriveKey(baseKey, kid, "encrypt"), ctr, metadata, plain);
  const key = await deriveKey(baseKey, kid, "decrypt");
  const opened = await open(key, header, metadata, sealed);
  return (
    isHexOf(secrets.key, entry, "sframe_key") &&
    isHexOf(secrets.salt, entry, "sframe_salt") &&
    isHexOf(nonceOf(secrets.salt, ctr), entry, "nonce") &&
    isHexOf(concat(encodeHeader(kid, ctr), metadata), entry, "aad") &&
    isHexOf(made, entry, "ct") &&
    opened !== null &&
    equal(opened, plain)
  );
}

/** The suites that count with AES-CTR and HMAC have a list of their own; none is in use. */
export async function passOver(): Promise<Verdict> {
  return null;
}
