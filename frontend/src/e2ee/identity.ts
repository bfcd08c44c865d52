/** Who a leaf belongs to: one visit (admission) and the alias that its tile carries. */
import { type Bytes, fromUtf8, utf8 } from "./bytes";
import { NotOpened } from "./errors";

export interface Identity {
  readonly admission: string;
  readonly alias: string;
}

const LONGEST = 512;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function encodeIdentity({ admission, alias }: Identity): Bytes {
  return utf8(JSON.stringify({ admission, alias }));
}

/** Strict: a credential that reads differently in two places would label two tiles. */
export function decodeIdentity(bytes: Uint8Array): Identity {
  if (bytes.length > LONGEST) throw new NotOpened("identity.long");
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(bytes));
  } catch (cause) {
    throw new NotOpened("identity.malformed", { cause });
  }
  if (!isIdentity(value)) throw new NotOpened("identity.malformed");
  return { admission: value.admission, alias: value.alias };
}

function isIdentity(value: unknown): value is Identity {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 2) return false;
  const { admission, alias } = value as Record<string, unknown>;
  return typeof admission === "string" && UUID.test(admission) && typeof alias === "string";
}
