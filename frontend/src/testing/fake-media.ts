/** Tracks, streams and devices for tests: happy-dom has none. */
import { vi } from "vitest";

export class FakeTrack {
  readonly kind: string;
  readyState: "live" | "ended" = "live";
  enabled = true;
  onended: (() => void) | null = null;

  constructor(kind: string) {
    this.kind = kind;
  }

  stop(): void {
    this.readyState = "ended";
  }
}

export function fakeTrack(kind = "video"): MediaStreamTrack & FakeTrack {
  return new FakeTrack(kind) as unknown as MediaStreamTrack & FakeTrack;
}

/** The environment's own class checks its tracks' type; elements check the stream's. */
export class FakeStream extends MediaStream {
  readonly #tracks: MediaStreamTrack[];

  constructor(tracks: MediaStreamTrack[]) {
    super();
    this.#tracks = tracks;
  }

  override getTracks(): MediaStreamTrack[] {
    return this.#tracks;
  }
}

export type Ask = (wanted: MediaStreamConstraints) => Promise<MediaStream>;

/** A device of each kind that opens at once. Until `vi.unstubAllGlobals()`. */
export function stubMedia(): ReturnType<typeof vi.fn<Ask>> {
  const ask = vi.fn<Ask>(async (wanted) => {
    const track = fakeTrack(wanted.audio ? "audio" : "video");
    return new FakeStream([track]);
  });
  vi.stubGlobal("MediaStream", FakeStream);
  vi.stubGlobal("navigator", {
    userAgent: "",
    maxTouchPoints: 0,
    mediaDevices: {
      getUserMedia: ask,
      addEventListener: () => {},
      removeEventListener: () => {},
    },
  });
  return ask;
}
