/**
 * Keeps one live Peer: makes it, has its offer answered, and makes a fresh one after a loss.
 *
 * Single-flight: there is never more than one attempt under way. A late answer to an abandoned
 * offer costs one further attempt at most: it can never connect.
 */
import { Backoff } from "./backoff";
import { Listeners } from "./listeners";
import { Peer, type PeerOptions, type PeerState } from "./peer";
import type { IceServer, SlotSource } from "./protocol.gen";

export interface TransportOptions {
  /** Sends the offer; false when signalling is down (`restart` is called when it is back). */
  readonly sendOffer: (sdp: string) => boolean;
  /** How the next Peer is made; asked each time. */
  readonly peerOptions?: () => PeerOptions;
  readonly random?: () => number;
}

const ANSWER_WITHIN_MS = 8_000;
const CONNECTED_WITHIN_MS = 15_000;
/** Consent checks run every 5 s: an interruption shorter than this heals by itself. */
const UNSTABLE_FOR_MS = 6_000;

export class MediaTransport {
  readonly onState = new Listeners<PeerState>();
  /** A new Peer has new receiving tracks: whoever shows one must ask again. */
  readonly onPeer = new Listeners<Peer | null>();

  readonly #options: TransportOptions;
  readonly #backoff: Backoff;
  readonly #sending = new Map<SlotSource, MediaStreamTrack | null>();
  #iceServers: readonly IceServer[] = [];
  #peer: Peer | null = null;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#backoff = new Backoff({
      firstMs: 300,
      longestMs: 10_000,
      ...(options.random && { random: options.random }),
    });
  }

  get peer(): Peer | null {
    return this.#peer;
  }

  get state(): PeerState {
    return this.#peer?.state ?? "lost";
  }

  setIceServers(iceServers: readonly IceServer[]): void {
    this.#iceServers = iceServers;
  }

  /** Drops what there is and starts a fresh connection at once. */
  restart(): void {
    this.#drop();
    void this.#attempt();
  }

  async accept(answer: string): Promise<void> {
    const peer = this.#peer;
    if (!peer || peer.state === "connected") return;
    this.#within(CONNECTED_WITHIN_MS);
    try {
      await peer.accept(answer);
    } catch {
      if (peer === this.#peer) this.lost();
    }
  }

  /** Remembered, so that a fresh Peer sends the same. */
  async send(source: SlotSource, track: MediaStreamTrack | null): Promise<void> {
    this.#sending.set(source, track);
    await this.#peer?.send(source, track);
  }

  /** The relay or the network is gone: a fresh connection after a pause. */
  lost(): void {
    if (this.#retry !== undefined) return;
    this.#drop();
    this.onState.emit("lost");
    this.#retry = setTimeout(() => this.restart(), this.#backoff.next());
  }

  /** For good. Idempotent. */
  close(): void {
    this.#drop();
    this.#sending.clear();
  }

  async #attempt(): Promise<void> {
    const peer = new Peer(this.#iceServers, this.#options.peerOptions?.());
    this.#peer = peer;
    peer.onState.add((state) => this.#follow(peer, state));
    this.onState.emit("connecting");
    this.onPeer.emit(peer);
    for (const [source, track] of this.#sending) void peer.send(source, track);
    const offer = await peer.offer();
    if (peer !== this.#peer) return;
    if (this.#options.sendOffer(offer)) this.#within(ANSWER_WITHIN_MS);
  }

  #follow(peer: Peer, state: PeerState): void {
    if (peer !== this.#peer) return;
    clearTimeout(this.#deadline);
    if (state === "lost") {
      this.lost();
      return;
    }
    if (state === "connected") this.#backoff.reset();
    if (state === "unstable") this.#within(UNSTABLE_FOR_MS);
    this.onState.emit(state);
  }

  #within(ms: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.lost(), ms);
  }

  #drop(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const peer = this.#peer;
    this.#peer = null;
    if (!peer) return;
    peer.close();
    this.onPeer.emit(null);
  }
}
