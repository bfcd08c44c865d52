/**
 * What the page knows, as one value, and the only function that makes the next one.
 *
 * The server's snapshots are the truth about everybody; wishes are the person's own. Nobody but
 * the person turns their microphone or camera on: what a host takes away is also un-wished here,
 * so that giving it back changes nothing until the person acts.
 */
import type { GroupView, Trouble } from "../e2ee";
import type { Newcomer } from "./host-keys";
import type { LocalSource, LocalState } from "./media";
import type { PeerState } from "./peer";
import type { Device } from "./pins";
import type {
  AdmissionState,
  Closed,
  ErrorMessage,
  Line,
  SeatView,
  SecondDevice,
  ServerMessage,
  Slot,
  SlotSource,
  Snapshot,
} from "./protocol.gen";
import type { LinkState } from "./socket";
import type { TalkState } from "./talk";

export type Phase =
  | "connecting"
  | "waiting"
  | "room"
  | "second-device"
  | "reconnecting"
  | "closed"
  | "failed";

export interface Wishes {
  readonly mic: boolean;
  readonly camera: boolean;
  readonly audioOnly: boolean;
  /** "Not private now": somebody else could overhear. The wire says `private: false`. */
  readonly notPrivate: boolean;
  readonly away: boolean;
  /** Null: as the person chose for this group. */
  readonly selfView: boolean | null;
}

/** Only in sessions that are end to end; null before the first snapshot and in all others. */
export interface KeysState {
  readonly view: GroupView | null;
  readonly trouble: Trouble | null;
  /** By receiving line: whose frames open there now. */
  readonly senders: ReadonlyMap<string, string | null>;
  readonly devices: ReadonlyMap<string, Device>;
  /** Who sits without a key, and whom only this host's own hand may give one. */
  readonly asked: readonly Newcomer[];
  readonly talk: TalkState;
}

export interface RoomState {
  readonly link: LinkState;
  readonly peer: PeerState;
  /** The relay answered at least once: from then on its absence is a loss, not a beginning. */
  readonly peerWasUp: boolean;
  /** Failed attempts in a row; one may be chance, two are worth a word. */
  readonly peerLosses: number;
  readonly snapshot: Snapshot | null;
  readonly slots: readonly Slot[];
  /** Whose line is not good; only a host is told. */
  readonly lines: readonly Line[];
  readonly secondDevice: SecondDevice | null;
  readonly closed: Closed | null;
  readonly refusal: ErrorMessage | null;
  readonly wishes: Wishes;
  readonly local: Readonly<Record<LocalSource, LocalState>>;
  /** A host sent this person back to the waiting room. */
  readonly wasReturned: boolean;
  /** This browser cannot take part at all. */
  readonly unsupported: boolean;
  readonly keys: KeysState | null;
}

export type RoomEvent =
  | { readonly kind: "message"; readonly message: ServerMessage }
  | { readonly kind: "link"; readonly link: LinkState }
  | { readonly kind: "peer"; readonly peer: PeerState }
  | { readonly kind: "wishes"; readonly wishes: Partial<Wishes> }
  | { readonly kind: "local"; readonly source: LocalSource; readonly local: LocalState }
  | { readonly kind: "refusal-read" }
  | { readonly kind: "keys"; readonly keys: KeysState }
  | { readonly kind: "unsupported" };

const SEATED: ReadonlySet<AdmissionState> = new Set(["admitted", "connected", "reconnecting"]);
const NO_LOCAL: LocalState = { track: null, problem: null, asking: false };

export function initialState(wishes: Partial<Wishes> = {}): RoomState {
  return {
    link: "connecting",
    peer: "connecting",
    peerWasUp: false,
    peerLosses: 0,
    snapshot: null,
    slots: [],
    lines: [],
    secondDevice: null,
    closed: null,
    refusal: null,
    wishes: {
      mic: false,
      camera: false,
      audioOnly: false,
      notPrivate: false,
      away: false,
      selfView: null,
      ...wishes,
    },
    local: { mic: NO_LOCAL, camera: NO_LOCAL },
    wasReturned: false,
    unsupported: false,
    keys: null,
  };
}

/** Whether the person sees their own tile's picture; others see it either way. */
export function seesSelf({ wishes, snapshot }: RoomState): boolean {
  return wishes.selfView ?? snapshot?.own.self_view ?? true;
}

export function reduce(state: RoomState, event: RoomEvent): RoomState {
  switch (event.kind) {
    case "message":
      return withMessage(state, event.message);
    case "link":
      return { ...state, link: event.link, lines: [] };
    case "peer":
      return withPeer(state, event.peer);
    case "wishes":
      return { ...state, wishes: { ...state.wishes, ...event.wishes } };
    case "local":
      return { ...state, local: { ...state.local, [event.source]: event.local } };
    case "refusal-read":
      return { ...state, refusal: null };
    case "keys":
      return { ...state, keys: event.keys };
    case "unsupported":
      return { ...state, unsupported: true };
  }
}

function withMessage(state: RoomState, message: ServerMessage): RoomState {
  switch (message.type) {
    case "snapshot":
      return withSnapshot(state, message);
    case "slots":
      return { ...state, slots: message.slots };
    case "lines":
      return { ...state, lines: message.lines };
    case "second_device":
      return { ...state, secondDevice: message };
    case "welcome":
      return { ...state, secondDevice: null };
    case "closed":
      return { ...state, closed: message, slots: [] };
    case "error":
      return { ...state, refusal: message };
    default:
      return state;
  }
}

function withSnapshot(state: RoomState, snapshot: Snapshot): RoomState {
  // Until this device is welcome, the place that the server tells of is the other one's.
  if (state.secondDevice) return state;
  const was = state.snapshot;
  const seated = isSeatedIn(snapshot);
  const left = isSeatedIn(was) && !seated;
  return {
    ...state,
    snapshot,
    refusal: was ? state.refusal : null,
    slots: seated ? state.slots : [],
    wishes: overruled(state.wishes, was, snapshot),
    wasReturned: !seated && (state.wasReturned || left),
  };
}

/** What a host or the person's own answers at the door decided goes before the wishes. */
function overruled(wishes: Wishes, was: Snapshot | null, is: Snapshot): Wishes {
  const left = isSeatedIn(was) && !isSeatedIn(is);
  const entered = !isSeatedIn(was) && isSeatedIn(is);
  const mute = (may: boolean): boolean => left || (isSeatedIn(is) && (!may || isPaused(is)));
  return {
    ...wishes,
    mic: wishes.mic && !mute(is.own.may_send_mic),
    camera: wishes.camera && !mute(is.own.may_send_camera),
    notPrivate: entered ? saidNotPrivate(is) : wishes.notPrivate,
  };
}

function saidNotPrivate(snapshot: Snapshot): boolean {
  return snapshot.seats.some((seat) => seat.seat === snapshot.own.seat && !seat.private);
}

/** While a session is suspended, only hosts send. */
function isPaused(snapshot: Snapshot): boolean {
  return snapshot.session.suspended && snapshot.host === null;
}

function withPeer(state: RoomState, peer: PeerState): RoomState {
  const isUp = peer === "connected";
  return {
    ...state,
    peer,
    peerWasUp: state.peerWasUp || isUp,
    peerLosses: isUp ? 0 : state.peerLosses + (peer === "lost" ? 1 : 0),
    // A fresh connection has fresh lines: what was mapped before is mapped no more.
    slots: peer === "connecting" ? [] : state.slots,
  };
}

function isSeatedIn(snapshot: Snapshot | null): boolean {
  return snapshot?.own.admission != null && SEATED.has(snapshot.own.admission);
}

export function isSeated(state: RoomState): boolean {
  return isSeatedIn(state.snapshot);
}

export function isHost(state: RoomState): boolean {
  return state.snapshot?.host != null;
}

export function phaseOf(state: RoomState): Phase {
  if (state.closed) return "closed";
  if (state.unsupported) return "failed";
  if (state.secondDevice) return "second-device";
  if (!state.snapshot) return state.link === "retrying" ? "reconnecting" : "connecting";
  if (!isSeated(state)) return "waiting";
  const mediaLost = state.peerWasUp && state.peer !== "connected";
  return state.link !== "open" || mediaLost ? "reconnecting" : "room";
}

/** Why a source cannot be turned on, by whom; null when only the person decides. */
export type Hindrance = "host" | "suspended" | "private" | "away" | "mode" | "audio-only";

export function hindrance(state: RoomState, source: LocalSource): Hindrance | null {
  const { snapshot, wishes } = state;
  if (snapshot?.own.mode === "text") return "mode";
  if (source === "camera" && snapshot?.own.mode === "audio") return "mode";
  if (isSeated(state) && snapshot && isPaused(snapshot)) return "suspended";
  if (isSeated(state) && !maySend(snapshot, source)) return "host";
  if (wishes.away) return "away";
  if (wishes.notPrivate) return "private";
  return source === "camera" && wishes.audioOnly ? "audio-only" : null;
}

function maySend(snapshot: Snapshot | null, source: LocalSource): boolean {
  const own = snapshot?.own;
  return (source === "mic" ? own?.may_send_mic : own?.may_send_camera) ?? false;
}

/** The person wants this source on and nothing stands against it: it may be captured. */
export function isOpen(state: RoomState, source: LocalSource): boolean {
  const here = !state.closed && !state.secondDevice;
  return here && state.wishes[source] && hindrance(state, source) === null;
}

/** What leaves this device: nothing at all before a seat, and before keys where they are due. */
export function isSending(state: RoomState, source: LocalSource): boolean {
  return isSeated(state) && isOpen(state, source) && (!isEndToEnd(state) || hasKeys(state));
}

/** Once a session was end to end on this page, no server makes it less. */
export function isEndToEnd(state: RoomState): boolean {
  return state.keys !== null || state.snapshot?.session.end_to_end === true;
}

export function hasKeys({ keys }: RoomState): boolean {
  return keys?.view != null && keys.trouble === null;
}

/** The name in the credential with which this visit's frames open, before any word of the server. */
export function aliasOf(state: RoomState, seat: SeatView): string {
  const member = state.keys?.view?.members.find((one) => one.admission === seat.admission);
  return member?.alias ?? seat.alias;
}

/** The circle: by seat number, so that everybody sees the same order. */
export function circle(state: RoomState): readonly SeatView[] {
  return [...(state.snapshot?.seats ?? [])].sort((a, b) => a.seat - b.seat);
}

export function midOf(state: RoomState, seat: number, source: SlotSource): string | null {
  const mid = state.slots.find((slot) => slot.seat === seat && slot.source === source)?.mid ?? null;
  return mid !== null && isTheirs(state, seat, mid) ? mid : null;
}

/** A line on which somebody else's frames open is nobody's: the server has mixed them up. */
function isTheirs(state: RoomState, seat: number, mid: string): boolean {
  const sender = state.keys?.senders.get(mid) ?? null;
  const named = state.snapshot?.seats.find((one) => one.seat === seat)?.admission;
  return sender === null || sender === named;
}
