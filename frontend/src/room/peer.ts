/**
 * ONE peer connection with a fixed set of lines: one offer, one answer, for its whole life.
 *
 * People join, leave and pause by what the relay maps into the lines, never by renegotiation;
 * what is sent changes by replacing tracks. After a loss a fresh Peer is made (transport.ts):
 * restarting ICE against a new relay process leaves a connection that is up and silent.
 */
import { askForKeyFrame } from "./key-frames";
import { CameraLayers } from "./layers";
import { Listeners } from "./listeners";
import type { CameraLayer, IceServer, SlotSource } from "./protocol.gen";
import { withOpusSettings } from "./sdp";

export const AUDIO_SLOTS = 15;
export const VIDEO_SLOTS = 15;

/** Mids are the lines' numbers in the order of creation; the relay relies on this order. */
export const SEND_MIDS: Readonly<Record<SlotSource, string>> = {
  mic: "0",
  camera: "1",
  screen: "2",
};

export type PeerState = "connecting" | "connected" | "unstable" | "lost";

/** Where frames can be transformed: called in the same synchronous step that makes the line. */
export type LineMade = (transceiver: RTCRtpTransceiver, mid: string) => void;

export interface PeerOptions {
  readonly lineMade?: LineMade;
  /** Nothing at all leaves or arrives on a line whose transform is missing. */
  readonly isEncrypted?: boolean;
}

/** Chromium's own switch; TypeScript does not know it. */
interface EncryptedConfiguration extends RTCConfiguration {
  encodedInsertableStreams: boolean;
}

/** l and a voice fit into 150 kbit/s, m and a voice into 450 kbit/s. */
const CAMERA_LAYERS: RTCRtpEncodingParameters[] = [
  { rid: "h", maxBitrate: 900_000 },
  { rid: "m", maxBitrate: 250_000, scaleResolutionDownBy: 2 },
  { rid: "l", maxBitrate: 70_000, scaleResolutionDownBy: 4 },
];

export class Peer {
  readonly onState = new Listeners<PeerState>();
  readonly #connection: RTCPeerConnection;
  readonly #lines: readonly RTCRtpTransceiver[];
  readonly #layers: CameraLayers;
  #state: PeerState = "connecting";
  #answered = false;

  constructor(iceServers: readonly IceServer[], options: PeerOptions = {}) {
    const { lineMade = () => {}, isEncrypted = false } = options;
    this.#connection = new RTCPeerConnection(configuration(iceServers, isEncrypted));
    this.#lines = makeLines(this.#connection, lineMade);
    this.#layers = new CameraLayers(this.#senderOf("camera"));
    this.#connection.onconnectionstatechange = () => this.#follow();
  }

  get state(): PeerState {
    return this.#state;
  }

  async offer(): Promise<string> {
    const made = await this.#connection.createOffer();
    const sdp = withOpusSettings(made.sdp ?? "");
    await this.#connection.setLocalDescription({ type: "offer", sdp });
    return sdp;
  }

  /** Only the first answer counts: there is never a second one on this connection. */
  async accept(answer: string): Promise<void> {
    if (this.#answered) return;
    this.#answered = true;
    await this.#connection.setRemoteDescription({ type: "answer", sdp: withOpusSettings(answer) });
  }

  async send(source: SlotSource, track: MediaStreamTrack | null): Promise<void> {
    const sender = this.#senderOf(source);
    if (sender.track === track || this.#state === "lost") return;
    await sender.replaceTrack(track);
  }

  /** Of each picture that is sent: who comes in begins with one. */
  askForKeyFrames(): void {
    if (this.#state === "lost") return;
    for (const source of ["camera", "screen"] as const) askForKeyFrame(this.#senderOf(source));
  }

  /** Layers of the camera that nobody looks at rest. A fresh Peer begins with all of them. */
  async sendUpTo(largest: CameraLayer): Promise<void> {
    if (this.#state !== "lost") await this.#layers.sendUpTo(largest);
  }

  /** The receiving line's track; it lives as long as the connection, mapped or not. */
  track(mid: string): MediaStreamTrack | null {
    return this.#line(mid)?.receiver.track ?? null;
  }

  stats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  /** Idempotent. */
  close(): void {
    this.#connection.onconnectionstatechange = null;
    this.onState.clear();
    this.#connection.close();
    this.#state = "lost";
  }

  #senderOf(source: SlotSource): RTCRtpSender {
    return (this.#line(SEND_MIDS[source]) as RTCRtpTransceiver).sender;
  }

  #line(mid: string): RTCRtpTransceiver | undefined {
    return this.#lines[Number(mid)];
  }

  #follow(): void {
    const state = peerState(this.#connection.connectionState);
    if (state === this.#state) return;
    this.#state = state;
    this.onState.emit(state);
  }
}

function configuration(
  iceServers: readonly IceServer[],
  isEncrypted: boolean,
): EncryptedConfiguration {
  return {
    bundlePolicy: "max-bundle",
    iceServers: [...iceServers],
    encodedInsertableStreams: isEncrypted,
  };
}

/** Synchronous from the first line to the last: a later transform would be silently ignored. */
function makeLines(connection: RTCPeerConnection, lineMade: LineMade): RTCRtpTransceiver[] {
  const lines: RTCRtpTransceiver[] = [];
  const add = (kind: "audio" | "video", init: RTCRtpTransceiverInit): void => {
    const line = connection.addTransceiver(kind, init);
    preferCodecs(line, kind);
    lineMade(line, String(lines.length));
    lines.push(line);
  };
  add("audio", { direction: "sendonly" });
  add("video", { direction: "sendonly", sendEncodings: CAMERA_LAYERS });
  add("video", { direction: "sendonly" });
  for (let slot = 0; slot < AUDIO_SLOTS; slot += 1) add("audio", { direction: "recvonly" });
  for (let slot = 0; slot < VIDEO_SLOTS; slot += 1) add("video", { direction: "recvonly" });
  add("video", { direction: "recvonly" });
  return lines;
}

/** VP8 with its retransmission, and Opus: what the relay forwards, and an offer of 37 kB. */
function preferCodecs(line: RTCRtpTransceiver, kind: "audio" | "video"): void {
  const wanted = kind === "audio" ? ["audio/opus"] : ["video/vp8", "video/rtx"];
  const known = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  line.setCodecPreferences(known.filter((codec) => wanted.includes(codec.mimeType.toLowerCase())));
}

function peerState(state: RTCPeerConnectionState): PeerState {
  if (state === "connected") return "connected";
  if (state === "disconnected") return "unstable";
  return state === "failed" || state === "closed" ? "lost" : "connecting";
}
