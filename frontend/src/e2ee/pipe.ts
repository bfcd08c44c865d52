/**
 * The frames of one line through the worker: counted, sealed or opened, or dropped.
 *
 * Runs for each frame of the call. Whatever goes wrong with a frame, the frame is dropped: no
 * error MUST end the stream, for a stream that has ended may let later frames pass.
 */
import type { Bytes } from "./bytes";
import { FrameOpener, sealFrame } from "./frames";
import type { KeyRing } from "./keys";
import type { MediaKind } from "./kid";
import type { LineCounters, LineOptions } from "./protocol";

/** What RTCEncodedAudioFrame and RTCEncodedVideoFrame have in common. */
export interface EncodedFrame {
  data: ArrayBuffer;
  getMetadata(): { synchronizationSource?: number; mimeType?: string };
}

const KEY_FRAME_ASKED_EVERY_MS = 500;

export class Pipe {
  readonly options: LineOptions;
  /** Who the frames are from, whenever it changes. */
  onSender: (admission: string) => void = () => {};
  /** Frames were missed and can be opened again: a decoder needs a whole picture now. */
  onKeyFrameNeeded: () => void = () => {};

  readonly #ring: KeyRing;
  readonly #opener: FrameOpener;
  readonly #enteredBySsrc: Record<number, number> = {};
  readonly #counts = { entered: 0, sealed: 0, opened: 0, dropped: 0, keyless: 0 };
  #sender: string | null = null;
  #hasMissed = false;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(ring: KeyRing, options: LineOptions) {
    this.options = options;
    this.#ring = ring;
    this.#opener = new FrameOpener(ring, options.media === "mic" ? "audio" : options.media);
  }

  get sender(): string | null {
    return this.#sender;
  }

  counters(): LineCounters {
    const { mid, generation } = this.options;
    return { mid, generation, ...this.#counts, enteredBySsrc: { ...this.#enteredBySsrc } };
  }

  /** A former sender who has left the group is nobody's picture any more. */
  forgetSender(): void {
    this.#sender = null;
  }

  async transform(frame: EncodedFrame, pass: (frame: EncodedFrame) => void): Promise<void> {
    this.#counts.entered += 1;
    const changed = await this.#changed(frame).catch(() => null);
    if (!changed) {
      this.#counts.dropped += 1;
      this.#hasMissed = true;
      return;
    }
    frame.data = changed.buffer;
    pass(frame);
  }

  #changed(frame: EncodedFrame): Promise<Bytes | null> {
    return this.options.sends ? this.#seal(frame) : this.#open(frame);
  }

  async #seal(frame: EncodedFrame): Promise<Bytes | null> {
    const { synchronizationSource: ssrc = 0, mimeType } = frame.getMetadata();
    this.#enteredBySsrc[ssrc] = (this.#enteredBySsrc[ssrc] ?? 0) + 1;
    const kind = kindOf(this.options);
    const sealed = await sealFrame(this.#ring, kind, new Uint8Array(frame.data), mimeType);
    if (sealed) this.#counts.sealed += 1;
    return sealed;
  }

  async #open(frame: EncodedFrame): Promise<Bytes | null> {
    const opened = await this.#opener.open(new Uint8Array(frame.data));
    if (opened === "no-key") this.#counts.keyless += 1;
    if (typeof opened === "string") return null;
    this.#counts.opened += 1;
    if (opened.sender !== this.#sender) {
      this.#sender = opened.sender;
      this.onSender(opened.sender);
    }
    if (this.#hasMissed) this.#askForKeyFrame();
    return opened.frame;
  }

  #askForKeyFrame(): void {
    this.#hasMissed = false;
    const now = performance.now();
    if (this.options.media === "audio" || now - this.#askedAt < KEY_FRAME_ASKED_EVERY_MS) return;
    this.#askedAt = now;
    this.onKeyFrameNeeded();
  }
}

function kindOf({ media }: LineOptions): MediaKind {
  return media === "audio" ? "mic" : media;
}
