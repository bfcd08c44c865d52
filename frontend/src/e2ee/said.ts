/**
 * What members say to each other: text for everybody, or a private note for the hosts.
 *
 * Both travel as MLS application messages of the whole group; a note's text is sealed once more
 * to the hosts' leaf keys, so that the other members cannot read it.
 */
import { type Bytes, fromBase64, fromUtf8, toBase64, utf8 } from "./bytes";
import { NotOpened } from "./errors";
import type { SealedFor } from "./mls";

export const LONGEST_TEXT = 4_000;
/** A note is sealed once for each host: 4 kB, a few hosts and base64 stay below 8 KiB. */
export const LONGEST_NOTE = 1_000;

export type Content =
  | { readonly to: "everybody"; readonly text: string }
  | { readonly to: "hosts"; readonly sealed: readonly SealedFor[] };

export function encodeContent(content: Content): Bytes {
  if (content.to === "everybody") return utf8(JSON.stringify(content));
  const sealed = content.sealed.map(({ leaf, enc, ct }) => [leaf, toBase64(enc), toBase64(ct)]);
  return utf8(JSON.stringify({ to: "hosts", sealed }));
}

export function decodeContent(bytes: Bytes): Content {
  try {
    const value = JSON.parse(fromUtf8(bytes)) as Record<string, unknown>;
    if (value.to === "everybody" && typeof value.text === "string") {
      return { to: "everybody", text: value.text };
    }
    if (value.to === "hosts" && Array.isArray(value.sealed)) {
      return { to: "hosts", sealed: value.sealed.map(sealedFor) };
    }
  } catch (cause) {
    throw new NotOpened("content.malformed", { cause });
  }
  throw new NotOpened("content.malformed");
}

function sealedFor(entry: unknown): SealedFor {
  if (!Array.isArray(entry)) throw new NotOpened("content.malformed");
  const [leaf, enc, ct] = entry as unknown[];
  if (typeof leaf !== "number" || typeof enc !== "string" || typeof ct !== "string") {
    throw new NotOpened("content.malformed");
  }
  return { leaf, enc: fromBase64(enc), ct: fromBase64(ct) };
}
