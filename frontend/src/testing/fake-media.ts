/** Tracks and streams for tests: happy-dom has neither. */
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
