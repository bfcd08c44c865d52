/** The browser's RTCPeerConnection as far as this client uses it; happy-dom has none. */
import { vi } from "vitest";

export class FakeSender {
  track: MediaStreamTrack | null = null;

  encodings: RTCRtpEncodingParameters[];
  keyFrames = 0;

  constructor(encodings: RTCRtpEncodingParameters[] = []) {
    this.encodings = encodings;
  }

  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
  }

  getParameters(): { encodings: RTCRtpEncodingParameters[] } {
    return { encodings: this.encodings.map((encoding) => ({ ...encoding })) };
  }

  async setParameters(
    { encodings }: { encodings: RTCRtpEncodingParameters[] },
    options?: { encodingOptions: { keyFrame: boolean }[] },
  ): Promise<void> {
    if (options?.encodingOptions.every(({ keyFrame }) => keyFrame)) this.keyFrames += 1;
    this.encodings = encodings;
  }
}

export class FakeTransceiver {
  readonly sender: FakeSender;
  readonly receiver: { track: { kind: string; id: string } };
  readonly kind: string;
  readonly init: RTCRtpTransceiverInit;
  codecs: string[] = [];

  constructor(kind: string, init: RTCRtpTransceiverInit, id: string) {
    this.kind = kind;
    this.init = init;
    this.sender = new FakeSender(init.sendEncodings);
    this.receiver = { track: { kind, id } };
  }

  setCodecPreferences(codecs: RTCRtpCodec[]): void {
    this.codecs = codecs.map((codec) => codec.mimeType);
  }
}

export const OFFER_SDP = "v=0\r\nm=audio 9 X 111\r\na=rtpmap:111 opus/48000/2\r\n";

export class FakePeerConnection {
  static made: FakePeerConnection[] = [];

  static get newest(): FakePeerConnection {
    return FakePeerConnection.made.at(-1) as FakePeerConnection;
  }

  readonly lines: FakeTransceiver[] = [];
  readonly local: RTCSessionDescriptionInit[] = [];
  readonly remote: RTCSessionDescriptionInit[] = [];
  connectionState: RTCPeerConnectionState = "new";
  onconnectionstatechange: (() => void) | null = null;
  isClosed = false;

  readonly configuration: RTCConfiguration;

  constructor(configuration: RTCConfiguration = {}) {
    this.configuration = configuration;
    FakePeerConnection.made.push(this);
  }

  addTransceiver(kind: string, init: RTCRtpTransceiverInit): FakeTransceiver {
    const line = new FakeTransceiver(kind, init, `track ${this.lines.length}`);
    this.lines.push(line);
    return line;
  }

  async createOffer(): Promise<RTCSessionDescriptionInit> {
    return { type: "offer", sdp: OFFER_SDP };
  }

  async setLocalDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.local.push(description);
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    if (description.sdp?.startsWith("bad")) throw new Error("bad answer");
    this.remote.push(description);
    // As Chromium does when the answer lists a layer without a pause sign.
    for (const { sender } of this.lines) {
      sender.encodings = sender.encodings.map((encoding) => ({ ...encoding, active: true }));
    }
  }

  async getStats(): Promise<Map<string, unknown>> {
    return new Map();
  }

  close(): void {
    this.isClosed = true;
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

const CODECS: Readonly<Record<string, readonly string[]>> = {
  audio: ["audio/opus", "audio/PCMU"],
  video: ["video/VP8", "video/rtx", "video/AV1", "video/H264"],
};

/** Until `vi.unstubAllGlobals()`. */
export function stubPeerConnections(): void {
  FakePeerConnection.made = [];
  vi.stubGlobal("RTCPeerConnection", FakePeerConnection);
  vi.stubGlobal("RTCRtpReceiver", {
    getCapabilities: (kind: string) => ({
      codecs: CODECS[kind]?.map((mimeType) => ({ mimeType })),
    }),
  });
}
