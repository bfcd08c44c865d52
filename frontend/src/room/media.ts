/**
 * The person's own microphone and camera: on only while they want it and may.
 *
 * Each source is asked for by itself, so that a missing camera never costs the voice. A camera
 * that is off is stopped (its light goes out); a muted microphone stays open and sends silence,
 * so that the rhythm of packets does not tell who is about to speak.
 */
import { Listeners } from "./listeners";

export type LocalSource = "mic" | "camera";

/** Why a source is not there; each has its own words and next step on the screen. */
export type Problem = "denied" | "busy" | "missing" | "unsupported" | "unknown";

export interface LocalState {
  readonly track: MediaStreamTrack | null;
  readonly problem: Problem | null;
  readonly asking: boolean;
}

const NOTHING: LocalState = { track: null, problem: null, asking: false };

const CONSTRAINTS: Readonly<Record<LocalSource, MediaTrackConstraints>> = {
  mic: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
  camera: {
    // Chromium sends three layers from this size on.
    width: { ideal: 960 },
    height: { ideal: 540 },
    frameRate: { ideal: 24, max: 30 },
    facingMode: "user",
  },
};

export class LocalMedia {
  readonly onChange = new Listeners<LocalSource>();
  readonly #states: Record<LocalSource, LocalState> = { mic: NOTHING, camera: NOTHING };
  readonly #wanted: Record<LocalSource, boolean> = { mic: false, camera: false };
  readonly #devices: Partial<Record<LocalSource, string>> = {};
  readonly #onDeviceChange = (): void => this.#retryMissing();

  constructor() {
    navigator.mediaDevices?.addEventListener("devicechange", this.#onDeviceChange);
  }

  state(source: LocalSource): LocalState {
    return this.#states[source];
  }

  track(source: LocalSource): MediaStreamTrack | null {
    return this.#states[source].track;
  }

  /** Asks the browser once; a second call while it asks changes nothing. */
  async open(source: LocalSource): Promise<void> {
    this.#wanted[source] = true;
    const { track, asking } = this.#states[source];
    if (track?.readyState === "live" || asking) return;
    this.#set(source, { track: null, problem: null, asking: true });
    const result = await capture(source, this.#devices[source]);
    if (!this.#wanted[source]) {
      result.track?.stop();
      this.#set(source, NOTHING);
      return;
    }
    if (result.track) this.#watch(source, result.track);
    this.#set(source, { ...result, asking: false });
  }

  /** Stops the source at once: its light goes out. */
  shut(source: LocalSource): void {
    this.#wanted[source] = false;
    const { track } = this.#states[source];
    if (!track) return;
    track.stop();
    this.#set(source, NOTHING);
  }

  async choose(source: LocalSource, deviceId: string): Promise<void> {
    this.#devices[source] = deviceId;
    if (!this.#wanted[source]) return;
    this.#states[source].track?.stop();
    this.#set(source, NOTHING);
    await this.open(source);
  }

  /** Idempotent. */
  close(): void {
    navigator.mediaDevices?.removeEventListener("devicechange", this.#onDeviceChange);
    this.shut("mic");
    this.shut("camera");
  }

  /** Unplugged, or taken by another program: say so, and try once with what is left. */
  #watch(source: LocalSource, track: MediaStreamTrack): void {
    track.onended = () => {
      if (this.#states[source].track !== track) return;
      delete this.#devices[source];
      this.#set(source, { ...NOTHING, problem: "missing" });
      this.#retryMissing();
    };
  }

  #retryMissing(): void {
    for (const source of ["mic", "camera"] as const) {
      const { problem } = this.#states[source];
      if (this.#wanted[source] && (problem === "missing" || problem === "busy")) {
        void this.open(source);
      }
    }
  }

  #set(source: LocalSource, state: LocalState): void {
    this.#states[source] = state;
    this.onChange.emit(source);
  }
}

interface Captured {
  readonly track: MediaStreamTrack | null;
  readonly problem: Problem | null;
}

async function capture(source: LocalSource, deviceId: string | undefined): Promise<Captured> {
  if (!navigator.mediaDevices?.getUserMedia) return { track: null, problem: "unsupported" };
  const wanted = { ...CONSTRAINTS[source], ...(deviceId && { deviceId: { exact: deviceId } }) };
  try {
    const stream = await navigator.mediaDevices.getUserMedia(
      source === "mic" ? { audio: wanted } : { video: wanted },
    );
    return { track: stream.getTracks()[0] ?? null, problem: null };
  } catch (error) {
    return { track: null, problem: problemOf(error) };
  }
}

export function problemOf(error: unknown): Problem {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "unknown";
}
