/**
 * One encoded frame in, one out: what is sealed, what stays clear, what is refused.
 *
 * Wire: `clear prefix ‖ SFrame header ‖ ciphertext ‖ tag`; the prefix is authenticated. A frame
 * that cannot be sealed or opened is dropped, silently: it MUST NOT pass as it is.
 */
import { type Bytes, concat } from "./bytes";
import type { KeyRing } from "./keys";
import type { MediaKind } from "./kid";
import { decodeHeader, open, seal } from "./sframe";

/** VP8's frame tag and start code, and in a delta frame the byte that says that it is one. */
const KEY_FRAME_PREFIX = 10;
const DELTA_FRAME_PREFIX = 1;

/** Read from the frame itself, so that sender and receiver agree: bit 0 of VP8 is "not a key". */
export function prefixLength(kind: MediaKind, frame: Uint8Array): number {
  if (kind === "mic") return 0;
  const isKey = ((frame[0] ?? 1) & 1) === 0;
  return Math.min(isKey ? KEY_FRAME_PREFIX : DELTA_FRAME_PREFIX, frame.length);
}

/** Null while nothing may leave, and for a codec whose clear part is not known. */
export async function sealFrame(
  ring: KeyRing,
  kind: MediaKind,
  frame: Bytes,
  mimeType: string | undefined,
): Promise<Bytes | null> {
  if (frame.length === 0 || !isSealable(kind, mimeType)) return null;
  const mine = ring.takeSendKey(kind);
  if (!mine) return null;
  const prefix = frame.subarray(0, prefixLength(kind, frame));
  const sealed = await seal(mine.key, mine.ctr, prefix, frame.subarray(prefix.length));
  return concat(prefix, sealed);
}

export interface Opened {
  readonly frame: Bytes;
  /** The admission whose key opened it: who it is from, whatever the server says. */
  readonly sender: string;
}

/** "no-key": no key that is known opens it; "refused": replayed, of another kind, or not sound. */
export type Refusal = "no-key" | "refused";

/** Opens the frames of one receiving line. */
export class FrameOpener {
  readonly #ring: KeyRing;
  readonly #kind: MediaKind;

  constructor(ring: KeyRing, media: "audio" | "camera" | "screen") {
    this.#ring = ring;
    this.#kind = media === "audio" ? "mic" : media;
  }

  async open(data: Bytes): Promise<Opened | Refusal> {
    const prefix = data.subarray(0, prefixLength(this.#kind, data));
    const sealed = data.subarray(prefix.length);
    const header = decodeHeader(sealed);
    if (!header) return "refused";
    const receiving = await this.#ring.receiving(header.kid);
    if (!receiving) return "no-key";
    if (receiving.name.kind !== this.#kind) return "refused";
    const frame = await open(receiving.key, header, prefix, sealed);
    if (!frame || !receiving.replays.isFirst(header.kid, header.ctr)) return "refused";
    return { frame: concat(prefix, frame), sender: receiving.sender };
  }
}

function isSealable(kind: MediaKind, mimeType: string | undefined): boolean {
  if (mimeType === undefined) return true;
  return mimeType.toLowerCase() === (kind === "mic" ? "audio/opus" : "video/vp8");
}
