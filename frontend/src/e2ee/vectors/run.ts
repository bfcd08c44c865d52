/** Takes any file in the official formats of sframe-wg and mlswg, and counts what holds. */
import { mlsChecks } from "../mls/vectors";
import type { Check, Entry } from "./entry";
import { checkHeader, checkSframe, passOver } from "./sframe";

export interface Count {
  readonly passed: number;
  readonly failed: number;
  /** Of suites and parts that this package does not use. */
  readonly notUsed: number;
}

const SFRAME_LISTS: Readonly<Record<string, Check>> = {
  header: checkHeader,
  sframe: checkSframe,
  aes_ctr_hmac: passOver,
  aes_256_ctr_hmac: passOver,
};

/** Throws a TypeError for a file in no format that is known. */
export async function runVectors(text: string): Promise<Count> {
  const counts = { passed: 0, failed: 0, notUsed: 0 };
  for (const [check, entry] of tasks(readVectors(text))) {
    const verdict = await check(entry).catch(() => false);
    if (verdict === null) counts.notUsed += 1;
    else if (verdict) counts.passed += 1;
    else counts.failed += 1;
  }
  return counts;
}

/** Numbers above 2^53 stay text: JSON.parse would round them. */
function readVectors(text: string): unknown {
  return JSON.parse(text.replaceAll(/([:[,]\s*)(\d{16,})(?=\s*[,\]}])/g, '$1"$2"'));
}

function tasks(file: unknown): [Check, Entry][] {
  if (Array.isArray(file)) {
    const entries = file as Entry[];
    const check = mlsChecks(entries[0]);
    return entries.map((entry) => [check, entry]);
  }
  const found = Object.entries(SFRAME_LISTS).flatMap(([name, check]) => {
    const list = (file as Entry)[name];
    return Array.isArray(list) ? list.map((entry): [Check, Entry] => [check, entry as Entry]) : [];
  });
  if (found.length === 0) throw new TypeError("This is no vector file that is known here.");
  return found;
}
