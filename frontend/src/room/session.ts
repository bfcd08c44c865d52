/**
 * One person's way through one session: joins socket, transport and own media into one state.
 *
 * MUST NOT send media before a seat, and MUST stop it with `closed`, with leaving and with the
 * idle lock. Knows no page: it says where to go, and the element goes there.
 */
import { missing } from "../e2ee";
import { announcements } from "./announcements";
import type { HostKeys } from "./host-keys";
import { RoomKeys } from "./keys";
import { Listeners } from "./listeners";
import { LocalMedia, type LocalSource } from "./media";
import type { PeerOptions } from "./peer";
import type {
  ClientMessage,
  ErrorMessage,
  SeatMode,
  ServerMessage,
  SlotSource,
  Snapshot,
} from "./protocol.gen";
import { RoomSocket } from "./socket";
import type { StartChoice } from "./start";
import { type Readings, readings } from "./stats";
import {
  initialState,
  isEndToEnd,
  isOpen,
  isSeated,
  isSending,
  midOf,
  type RoomEvent,
  type RoomState,
  reduce,
  type Wishes,
} from "./store";
import type { Talk } from "./talk";
import { MediaTransport } from "./transport";
import { viewOf } from "./view";

export interface RoomSessionOptions {
  readonly socketUrl: string;
  /** The page itself: asked when the socket is refused, because it can say why. */
  readonly pageUrl: string;
  readonly homeUrl: string;
  /** Under these two names this browser keeps its device key and the session's group. */
  readonly membership: string;
  /** The page was told so before anything was connected: a browser that cannot goes no further. */
  readonly endToEnd?: boolean;
  readonly session: string;
  readonly mode: SeatMode;
  readonly start: StartChoice;
}

const READ_EVERY_MS = 1_000;
const VIEW_EVERY_MS = 400;
/** While the server admits, the picture with which the newcomer begins is made; with keys, then. */
const ADMITTING: ReadonlySet<ClientMessage["type"]> = new Set(["admit", "admit_all"]);
const REFUSALS_BEFORE_ASKING = 2;
const REFUSAL_SHOWN_MS = 15_000;
/** What the server knows of a seat that was just taken: silent, and private as said at the door. */
const FRESH_SEAT = "fresh";

export class RoomSession {
  readonly onChange = new Listeners<RoomState>();
  readonly onAnnounce = new Listeners<string>();
  readonly onReadings = new Listeners<Readings>();
  /** A page to go to; media has stopped by then. */
  readonly onGo = new Listeners<string>();

  readonly #options: RoomSessionOptions;
  readonly #socket: RoomSocket;
  readonly #transport: MediaTransport;
  readonly #media = new LocalMedia();
  #state: RoomState;
  #isWelcome = false;
  #offeredHere = false;
  #saidState = "";
  #saidView = "";
  #shown: ReadonlyMap<number, number> = new Map();
  #viewLater: ReturnType<typeof setTimeout> | undefined;
  #keys: RoomKeys | null = null;
  #reader: ReturnType<typeof setInterval> | undefined;

  constructor(options: RoomSessionOptions) {
    this.#options = options;
    this.#state = initialState({ mic: options.start.mic, camera: options.start.camera });
    this.#socket = new RoomSocket({ url: options.socketUrl });
    this.#transport = new MediaTransport({
      sendOffer: (sdp) => this.#socket.send({ type: "offer", sdp }),
      peerOptions: () => this.#peerOptions(),
    });
    this.#listen();
  }

  get state(): RoomState {
    return this.#state;
  }

  /** Chat, hands and the safety code; null where nothing is sealed end to end. */
  get talk(): Talk | null {
    return this.#keys?.talk ?? null;
  }

  async start(): Promise<void> {
    const isAble = !this.#options.endToEnd || (await missing()).length === 0;
    if (typeof RTCPeerConnection === "undefined" || !isAble) {
      this.#update({ kind: "unsupported" });
      return;
    }
    await this.#chooseDevices();
    this.#socket.connect();
    this.#follow();
    this.#reader = setInterval(() => void this.#read(), READ_EVERY_MS);
  }

  /** Media off, connections shut, for good. Idempotent. */
  stop(): void {
    clearInterval(this.#reader);
    clearTimeout(this.#viewLater);
    this.#transport.close();
    this.#media.close();
    this.#socket.close();
    if (this.#state.closed?.reason === "ended") void this.#keys?.forget();
    else this.#keys?.close();
  }

  wish(wishes: Partial<Wishes>): void {
    this.#update({ kind: "wishes", wishes });
  }

  /** Asks again for a source whose permission or device was missing. */
  retry(source: LocalSource): void {
    this.wish({ [source]: true });
    void this.#media.open(source);
  }

  /** Says it to the server; false when the connection is down. */
  say(message: ClientMessage): boolean {
    const isSaid = this.#socket.send(message);
    if (isSaid && this.#keys) this.#turnKeys(message, this.#keys.host);
    else if (isSaid && ADMITTING.has(message.type)) this.#transport.peer?.askForKeyFrames();
    return isSaid;
  }

  /** Somebody who sits and has no key: this host's own hand gives it. */
  giveKey(admission: string): void {
    this.#keys?.host.letIn([admission]);
  }

  /** What a host does to people, it does to their keys in the same moment. */
  #turnKeys(message: ClientMessage, host: HostKeys): void {
    if (message.type === "admit") host.letIn([message.admission]);
    else if (message.type === "admit_all") host.letIn(this.#verified());
    else if (message.type === "return" || message.type === "remove") {
      host.sentOut(message.admission);
    }
  }

  #verified(): string[] {
    const waiting = this.#state.snapshot?.host?.waiting ?? [];
    const verified = waiting.filter((one) => one.here && one.papers && one.private_space);
    return verified.map((one) => one.admission);
  }

  /** Says hello anew, for example when the door was only closed for a while. */
  askAgain(): void {
    this.readRefusal();
    this.#greet();
  }

  /** The server closes the connection with where to go; who has no place yet just goes. */
  leave(): void {
    const hasPlace = this.#state.snapshot?.own.admission != null;
    if (!hasPlace || !this.say({ type: "leave" })) this.#go(this.#options.homeUrl);
  }

  takeOver(): void {
    this.say({ type: "take_over" });
  }

  retryNow(): void {
    this.#socket.retryNow();
  }

  /** How wide each seat's tile is shown, in device pixels; 0 while it is off screen. */
  look(shown: ReadonlyMap<number, number>): void {
    this.#shown = shown;
    this.#tellView();
  }

  readRefusal(): void {
    this.#update({ kind: "refusal-read" });
  }

  ownTrack(source: LocalSource): MediaStreamTrack | null {
    return this.#media.track(source);
  }

  /** The live track of another seat's source, or null while nothing is mapped. */
  track(seat: number, source: SlotSource): MediaStreamTrack | null {
    const mid = midOf(this.#state, seat, source);
    return mid === null ? null : (this.#transport.peer?.track(mid) ?? null);
  }

  #listen(): void {
    this.#socket.onMessage.add((message) => this.#receive(message));
    this.#socket.onLink.add((link) => {
      this.#update({ kind: "link", link });
      if (link === "open") this.#greet();
      else this.#keys?.unlinked();
    });
    this.#socket.onRefused.add((tries) => {
      if (tries >= REFUSALS_BEFORE_ASKING) void this.#askPage();
    });
    this.#transport.onState.add((peer) => this.#update({ kind: "peer", peer }));
    this.#transport.onPeer.add((peer) => {
      if (!peer) this.#keys?.engine.linesGone();
    });
    this.#media.onChange.add((source) => {
      this.#update({ kind: "local", source, local: this.#media.state(source) });
    });
  }

  #greet(): void {
    this.#isWelcome = false;
    this.#offeredHere = false;
    this.#saidState = "";
    this.#saidView = "";
    this.say({ type: "hello", mode: this.#options.mode });
  }

  #receive(message: ServerMessage): void {
    if (this.#keys?.receive(message)) return;
    if (message.type === "snapshot") this.#knowKeys(message);
    if (message.type === "welcome") {
      this.#keys?.linked();
      this.#isWelcome = true;
      this.#transport.setIceServers(message.ice_servers);
      this.#socket.setPingSeconds(message.ping_seconds);
      this.#update({ kind: "message", message });
    } else if (message.type === "answer") {
      void this.#transport.accept(message.sdp);
    } else if (message.type === "transport" && message.state === "lost") {
      this.#transport.lost();
    } else if (message.type === "layers") {
      void this.#transport.peer?.sendUpTo(message.largest);
    } else if (message.type === "gate") {
      this.#go(message.url);
    } else {
      this.#update({ kind: "message", message });
    }
    if (message.type === "error") this.#showForAWhile(message);
    if (message.type === "closed") this.stop();
  }

  /** Before anything else hears of the snapshot: the first Peer must be an encrypting one. */
  #knowKeys(snapshot: Snapshot): void {
    if (snapshot.session.end_to_end && !this.#keys) {
      const { membership, session } = this.#options;
      const send = (message: ClientMessage): boolean => this.#socket.send(message);
      this.#keys = new RoomKeys({ membership, session, send });
      this.#keys.onChange.add((keys) => this.#update({ kind: "keys", keys }));
      this.#keys.linked();
    }
    if (!this.#state.secondDevice) this.#keys?.know(snapshot);
  }

  #peerOptions(): PeerOptions {
    const keys = this.#keys;
    if (!keys) return { isEncrypted: isEndToEnd(this.#state) };
    return { isEncrypted: true, lineMade: (line, mid) => keys.engine.line(line, mid) };
  }

  /** Whoever is not let in at all keeps reading why. */
  #showForAWhile(refusal: ErrorMessage): void {
    setTimeout(() => {
      const { snapshot, refusal: shown } = this.#state;
      if (snapshot && shown === refusal) this.readRefusal();
    }, REFUSAL_SHOWN_MS);
  }

  #update(event: RoomEvent): void {
    const before = this.#state;
    this.#state = reduce(before, event);
    this.#follow();
    this.onChange.emit(this.#state);
    for (const text of announcements(before, this.#state)) this.onAnnounce.emit(text);
  }

  /** Makes the world as the state says: capture, sending, offer, and what the server is told. */
  #follow(): void {
    if (this.#state.closed) return;
    this.#capture("mic");
    this.#capture("camera");
    this.#connectMedia();
    this.#tellState();
    this.#tellView();
  }

  #capture(source: LocalSource): void {
    const { wishes } = this.#state;
    const open = isOpen(this.#state, source);
    const keepMuted = source === "mic" && !wishes.notPrivate && !wishes.away;
    if (open) {
      if (!this.#media.state(source).problem) void this.#media.open(source);
    } else if (!keepMuted) {
      this.#media.shut(source);
    }
    const track = this.#media.track(source);
    const sending = isSending(this.#state, source);
    if (track && source === "mic") track.enabled = sending;
    const attached = source === "mic" ? isSeated(this.#state) : sending;
    void this.#transport.send(source, attached ? track : null);
  }

  /** The transport comes up while the person waits, so that admission is only a mapping. */
  #connectMedia(): void {
    const { snapshot, link } = this.#state;
    const live = snapshot?.own.admission === "waiting" || isSeated(this.#state);
    if (!live || link !== "open" || !this.#isWelcome || this.#offeredHere) return;
    this.#offeredHere = true;
    this.#transport.restart();
  }

  #tellState(): void {
    const { snapshot, wishes } = this.#state;
    if (!isSeated(this.#state)) {
      if (snapshot) this.#saidState = FRESH_SEAT;
      return;
    }
    const message: ClientMessage = {
      type: "state",
      mic: this.#isLive("mic"),
      camera: this.#isLive("camera"),
      private: !wishes.notPrivate,
      away: wishes.away,
    };
    const isSilent = !message.mic && !message.camera && !message.away;
    if (isSilent && this.#saidState === FRESH_SEAT) return;
    const text = JSON.stringify(message);
    if (text !== this.#saidState && this.say(message)) this.#saidState = text;
  }

  /** Windows are dragged and lists are scrolled: a few words a second are enough. */
  #tellView(): void {
    if (!isSeated(this.#state)) {
      this.#saidView = "";
      return;
    }
    if (this.#viewLater !== undefined) return;
    const widths = viewOf(this.#state, this.#shown);
    const text = JSON.stringify(widths);
    if (text === this.#saidView || !this.say({ type: "view", widths })) return;
    this.#saidView = text;
    this.#viewLater = setTimeout(() => {
      this.#viewLater = undefined;
      this.#tellView();
    }, VIEW_EVERY_MS);
  }

  #isLive(source: LocalSource): boolean {
    return isSending(this.#state, source) && this.#media.track(source) !== null;
  }

  async #chooseDevices(): Promise<void> {
    const { micDevice, cameraDevice } = this.#options.start;
    if (micDevice) await this.#media.choose("mic", micDevice);
    if (cameraDevice) await this.#media.choose("camera", cameraDevice);
  }

  async #read(): Promise<void> {
    const peer = this.#transport.peer;
    if (!peer || !isSeated(this.#state)) return;
    this.onReadings.emit(readings(await peer.stats()));
  }

  /** A refused handshake has no reason; the page has: a gate, the sign-in, or the plain 404. */
  async #askPage(): Promise<void> {
    const { pageUrl } = this.#options;
    const answer = await fetch(pageUrl, { redirect: "manual" }).catch(() => null);
    if (answer && (answer.type === "opaqueredirect" || answer.status === 404)) this.#go(pageUrl);
  }

  #go(url: string): void {
    this.stop();
    this.onGo.emit(url);
  }
}
