/**
 * Which layers of the camera are encoded and sent: no larger one than somebody looks at.
 *
 * MUST NOT turn off the smallest: whoever comes in begins with it. A layer that is turned on again
 * begins with a whole picture, made by the browser itself.
 */
import type { CameraLayer } from "./protocol.gen";

const RANK: Readonly<Record<CameraLayer, number>> = { l: 0, m: 1, h: 2 };
/** A browser may refuse while it is busy with an earlier change. */
const TRIES = 5;
const BETWEEN_TRIES_MS = 100;

export class CameraLayers {
  readonly #sender: RTCRtpSender;
  #largest: CameraLayer = "h";
  #isAtWork = false;

  constructor(sender: RTCRtpSender) {
    this.#sender = sender;
  }

  /** The newest word wins; a browser that goes on refusing sends more than is looked at. */
  async sendUpTo(largest: CameraLayer): Promise<void> {
    this.#largest = largest;
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    for (let tries = 0; tries < TRIES && !this.#isSet(); tries += 1) {
      await this.#set().catch(() => pause(BETWEEN_TRIES_MS));
    }
    this.#isAtWork = false;
  }

  #isSet(): boolean {
    const { encodings } = this.#sender.getParameters();
    return encodings.every((encoding) => (encoding.active ?? true) === this.#isLookedAt(encoding));
  }

  #set(): Promise<void> {
    const parameters = this.#sender.getParameters();
    for (const encoding of parameters.encodings) encoding.active = this.#isLookedAt(encoding);
    return this.#sender.setParameters(parameters);
  }

  #isLookedAt({ rid }: RTCRtpEncodingParameters): boolean {
    return (RANK[rid as CameraLayer] ?? 0) <= RANK[this.#largest];
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
