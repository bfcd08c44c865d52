/** One entry of an official vector file: hexadecimal text, numbers, lists, and more of the same. */
import type { Bytes } from "../bytes";

export type Entry = Readonly<Record<string, unknown>>;
/** True and false speak for themselves; null: for a suite or a part that is not in use here. */
export type Verdict = boolean | null;
export type Check = (entry: Entry) => Promise<Verdict>;

export function bytesOf(entry: Entry, name: string): Bytes {
  return fromHex(textOf(entry, name));
}

export function textOf(entry: Entry, name: string): string {
  const value = entry[name];
  if (typeof value !== "string") throw new TypeError(`${name} is no text`);
  return value;
}

export function numberOf(entry: Entry, name: string): number {
  return Number(bigOf(entry, name));
}

/** The files hold numbers up to 2^64, which `readVectors` has left as text. */
export function bigOf(entry: Entry, name: string): bigint {
  const value = entry[name];
  if (typeof value !== "number" && typeof value !== "string") {
    throw new TypeError(`${name} is no number`);
  }
  return BigInt(value);
}

export function entryOf(entry: Entry, name: string): Entry {
  return entry[name] as Entry;
}

export function entriesOf(entry: Entry, name: string): readonly Entry[] {
  const value = entry[name];
  if (!Array.isArray(value)) throw new TypeError(`${name} is no list`);
  return value as readonly Entry[];
}

export function isHexOf(bytes: Uint8Array, entry: Entry, name: string): boolean {
  return toHex(bytes) === textOf(entry, name);
}

export function fromHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
