/**
 * The SFrame key id: `context << 16 | leaf << 8 | epoch mod 256`.
 *
 * The context is the kind of media and a random number drawn anew whenever sending keys are made:
 * a page that is restored, counting from zero again, never repeats a nonce: its key is another.
 */
export const KINDS = ["mic", "camera", "screen"] as const;
export type MediaKind = (typeof KINDS)[number];

export interface KeyName {
  readonly kind: MediaKind;
  readonly instance: number;
  readonly leaf: number;
  /** The epoch's last byte: a receiver knows at most a few epochs at a time. */
  readonly epochByte: number;
}

/** KIDs stay within 6 bytes: 30 bits of instance, 2 of kind, 8 of leaf, 8 of epoch. */
export const INSTANCES = 2 ** 30;
export const LEAVES = 256;

export function encodeKid(name: KeyName): bigint {
  const kind = KINDS.indexOf(name.kind) + 1;
  const context = (BigInt(name.instance) << 2n) | BigInt(kind);
  return (context << 16n) | (BigInt(name.leaf) << 8n) | BigInt(name.epochByte);
}

/** Null for a number that no browser of ours makes. */
export function decodeKid(kid: bigint): KeyName | null {
  const kind = KINDS[Number((kid >> 16n) & 3n) - 1];
  const instance = kid >> 18n;
  if (!kind || instance >= BigInt(INSTANCES)) return null;
  return {
    kind,
    instance: Number(instance),
    leaf: Number((kid >> 8n) & 255n),
    epochByte: Number(kid & 255n),
  };
}

export function randomInstance(): number {
  const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1));
  return drawn % INSTANCES;
}
