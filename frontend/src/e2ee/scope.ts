/** The worker's side of encoded transforms, which TypeScript's page library does not know. */
import type { EncodedFrame } from "./pipe";
import type { LineOptions } from "./protocol";

export interface Transformer {
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
  readonly options: LineOptions;
  sendKeyFrameRequest?(): Promise<unknown>;
}

export interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  onrtctransform: ((event: { readonly transformer: Transformer }) => void) | null;
  postMessage(message: unknown): void;
}
