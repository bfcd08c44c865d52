/**
 * One WebSocket for the page's life: numbered messages in, acknowledgements out, and a new
 * connection (with a fresh snapshot) after a drop, a gap in the numbers or a silent peer.
 *
 * Nothing is queued while the connection is down: what is said then is stale by the time it is up.
 */
import { Backoff } from "./backoff";
import { Listeners } from "./listeners";
import type { ClientMessage, ServerMessage } from "./protocol.gen";

export type LinkState = "connecting" | "open" | "retrying" | "closed";

export interface RoomSocketOptions {
  readonly url: string;
  readonly random?: () => number;
}

const FIRST_PING_SECONDS = 15;
const PONG_WITHIN_MS = 10_000;
const ACK_EVERY = 16;
const ACK_WITHIN_MS = 1_000;

export class RoomSocket {
  readonly onMessage = new Listeners<ServerMessage>();
  readonly onLink = new Listeners<LinkState>();
  /** A handshake was refused; browsers do not say with which status. */
  readonly onRefused = new Listeners<number>();

  readonly #options: RoomSocketOptions;
  readonly #backoff: Backoff;
  #socket: WebSocket | null = null;
  #link: LinkState = "closed";
  #received = 0;
  #acknowledged = 0;
  #pingSeconds = FIRST_PING_SECONDS;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #pingTimer: ReturnType<typeof setTimeout> | undefined;
  #pongTimer: ReturnType<typeof setTimeout> | undefined;
  #ackTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RoomSocketOptions) {
    this.#options = options;
    this.#backoff = new Backoff({
      firstMs: 500,
      longestMs: 15_000,
      ...(options.random && { random: options.random }),
    });
  }

  get link(): LinkState {
    return this.#link;
  }

  connect(): void {
    if (this.#socket) return;
    clearTimeout(this.#retryTimer);
    this.#setLink(this.#backoff.tries === 0 ? "connecting" : "retrying");
    const socket = new WebSocket(this.#options.url);
    let opened = false;
    this.#socket = socket;
    this.#received = 0;
    this.#acknowledged = 0;
    socket.onopen = () => {
      opened = true;
      this.#setLink("open");
      this.#schedulePing();
    };
    socket.onmessage = (event: MessageEvent<string>) => this.#receive(event.data);
    socket.onclose = () => this.#lost(socket, opened);
  }

  /** False when the connection is down: the caller must say it again, or let it be. */
  send(message: ClientMessage): boolean {
    if (this.#link !== "open" || !this.#socket) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  setPingSeconds(seconds: number): void {
    this.#pingSeconds = seconds;
    this.#schedulePing();
  }

  /** Tries at once, for example when the browser says that it is online again. */
  retryNow(): void {
    if (this.#link === "retrying" && !this.#socket) this.connect();
  }

  /** For good. Idempotent. */
  close(): void {
    this.#flushAck();
    const socket = this.#detach();
    socket?.close(1000);
    clearTimeout(this.#retryTimer);
    this.#setLink("closed");
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as ServerMessage;
    if (message.n !== this.#received + 1) {
      this.#restart();
      return;
    }
    this.#received = message.n;
    this.#backoff.reset();
    this.#acknowledge();
    if (message.type === "pong") clearTimeout(this.#pongTimer);
    else this.onMessage.emit(message);
  }

  #acknowledge(): void {
    if (this.#received - this.#acknowledged >= ACK_EVERY) this.#flushAck();
    else this.#ackTimer ??= setTimeout(() => this.#flushAck(), ACK_WITHIN_MS);
  }

  #flushAck(): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    if (this.#received === this.#acknowledged) return;
    if (this.send({ type: "ack", n: this.#received })) this.#acknowledged = this.#received;
  }

  #schedulePing(): void {
    clearTimeout(this.#pingTimer);
    this.#pingTimer = setTimeout(() => this.#ping(), this.#pingSeconds * 1000);
  }

  #ping(): void {
    clearTimeout(this.#pongTimer);
    if (this.send({ type: "ping" })) {
      this.#pongTimer = setTimeout(() => this.#restart(), PONG_WITHIN_MS);
    }
    this.#schedulePing();
  }

  /** Gives up the present connection without waiting for its close handshake. */
  #restart(): void {
    const socket = this.#detach();
    socket?.close(4000);
    this.#retryLater();
  }

  #lost(socket: WebSocket, opened: boolean): void {
    if (socket !== this.#socket) return;
    this.#detach();
    this.#retryLater();
    if (!opened) this.onRefused.emit(this.#backoff.tries);
  }

  #detach(): WebSocket | null {
    const socket = this.#socket;
    this.#socket = null;
    for (const timer of [this.#pingTimer, this.#pongTimer, this.#ackTimer]) clearTimeout(timer);
    this.#ackTimer = undefined;
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null;
    return socket;
  }

  #retryLater(): void {
    if (this.#link === "closed") return;
    this.#setLink("retrying");
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.connect(), this.#backoff.next());
  }

  #setLink(link: LinkState): void {
    if (link === this.#link) return;
    this.#link = link;
    this.onLink.emit(link);
  }
}
