/**
 * The safety code: 30 digits that are the same on every screen of one group, and only there.
 *
 * Not shorter: without a commitment beforehand, six digits would fall to about 2^10 tries a
 * side. It changes with every commit, so it is frozen while people compare.
 */
import { type Bytes, utf8 } from "./bytes";

const GROUPS = 6;
const GROUP_BYTES = 5;

export async function safetyCode(epochAuthenticator: Bytes): Promise<string> {
  const material = await crypto.subtle.importKey("raw", epochAuthenticator, "HKDF", false, [
    "deriveBits",
  ]);
  const info = utf8("Quietroom safety code 1");
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  const bits = await crypto.subtle.deriveBits(how, material, GROUPS * GROUP_BYTES * 8);
  const bytes = new Uint8Array(bits);
  let digits = "";
  for (let group = 0; group < GROUPS; group += 1) {
    digits += fiveDigits(bytes.subarray(group * GROUP_BYTES, (group + 1) * GROUP_BYTES));
  }
  return digits;
}

/** 40 bits modulo 100,000: the bias is below one in ten million. */
function fiveDigits(bytes: Uint8Array): string {
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  return String(value % 100_000).padStart(5, "0");
}

/** Five digits at a time, as they are read aloud. */
export function spoken(code: string): readonly string[] {
  return code.match(/.{5}/g) ?? [];
}

/** What the screen shows: the present code, or the one that people are comparing. */
export class ShownCode {
  #current = "";
  #frozen: string | null = null;

  get text(): string {
    return this.#frozen ?? this.#current;
  }

  get isFrozen(): boolean {
    return this.#frozen !== null;
  }

  /** The group has moved on while people compared: worth saying, and comparing again. */
  get isStale(): boolean {
    return this.#frozen !== null && this.#frozen !== this.#current;
  }

  update(code: string): void {
    this.#current = code;
  }

  freeze(): void {
    this.#frozen ??= this.#current;
  }

  release(): void {
    this.#frozen = null;
  }
}
