/** psk_secret of mlswg/mls-implementations. The product refuses pre-shared keys; the parts hold. */
import { computePskSecret, type PreSharedKeyID } from "ts-mls/presharedkey.js";
import { bytesOf, entriesOf, isHexOf } from "../../vectors/entry";
import { inSuite } from "./shared";

export const checkPskSecret = inSuite(async (entry, suite) => {
  const psks = entriesOf(entry, "psks").map((psk): [PreSharedKeyID, Uint8Array] => [
    { psktype: "external", pskId: bytesOf(psk, "psk_id"), pskNonce: bytesOf(psk, "psk_nonce") },
    bytesOf(psk, "psk"),
  ]);
  return isHexOf(await computePskSecret(psks, suite), entry, "psk_secret");
});
