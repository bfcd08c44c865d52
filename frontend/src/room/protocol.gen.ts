// Written by `manage.py protocol` from sessions_app/messages. Do not edit.

export const MAX_FRAME_BYTES = 131072;

export type SessionState =
  | "scheduled"
  | "doors_open"
  | "live"
  | "ended"
  | "cancelled";

export type AdmissionState =
  | "waiting"
  | "admitted"
  | "connected"
  | "reconnecting"
  | "left"
  | "declined"
  | "returned_to_waiting"
  | "removed";

export type SeatMode =
  | "video"
  | "audio"
  | "text";

export type BlockScope =
  | "session"
  | "group";

export type DecisionReason =
  | "not_given"
  | "not_private"
  | "not_ready"
  | "unknown_person"
  | "disruption"
  | "broke_agreement"
  | "safety";

export type OverrideReason =
  | "known_to_therapist"
  | "told_by_phone"
  | "safety_of_member";

export type Badge =
  | "encrypted to the server only";

export type TileRole =
  | "host"
  | "cohost"
  | "member"
  | "observer";

export type TransportState =
  | "connected"
  | "lost";

export type SlotSource =
  | "mic"
  | "camera"
  | "screen";

export interface IceServer {
  urls: string[];
  username: string;
  credential: string;
}

/** The reader's own standing. `admission` is null until they are in the waiting room. */
export interface Own {
  admission: AdmissionState | null;
  seat: number | null;
  role: TileRole;
  alias: string;
  mode: SeatMode;
  may_send_mic: boolean;
  may_send_camera: boolean;
}

/** Times are the server's; `now` lets the page count without trusting the device's clock. */
export interface SessionView {
  state: SessionState;
  locked: boolean;
  suspended: boolean;
  host_present: boolean;
  opens_at: string;
  closes_at: string;
  now: string;
  badge: Badge;
}

/** One tile, as everybody in the room may see it. */
export interface SeatView {
  seat: number;
  alias: string;
  pronouns: string;
  role: TileRole;
  mode: SeatMode;
  mic: boolean;
  camera: boolean;
  private: boolean;
  away: boolean;
  connected: boolean;
}

export interface WaitingPerson {
  admission: string;
  true_name: string;
  alias: string;
  role: TileRole;
  mode: SeatMode;
  here: boolean;
  device_known: boolean;
  papers: boolean;
  private_space: boolean;
  location_confirmed: boolean;
  waiting_since: string;
}

/** Somebody held at a gate. `needs_help`: they ran out of passphrase attempts, or asked. */
export interface PersonAtTheDoor {
  person: string;
  true_name: string;
  alias: string;
  gate: string;
  gate_title: string;
  can_override: boolean;
  needs_help: boolean;
}

/** `papers` turns false when consent is withdrawn: who sits stays until the host decides. */
export interface SeatedPerson {
  seat: number;
  admission: string;
  true_name: string;
  papers: boolean;
  may_send_mic: boolean;
  may_send_camera: boolean;
  own: boolean;
}

/** Only ever sent to a host or co-host of this group. */
export interface HostPanel {
  waiting: WaitingPerson[];
  at_the_door: PersonAtTheDoor[];
  seated: SeatedPerson[];
}

/** Which member's source the browser's receiving line `mid` carries now. */
export interface Slot {
  mid: string;
  source: SlotSource;
  seat: number;
}

/** First on every connection: enters the waiting room, or finds the seat that is still held. */
export interface Hello {
  type: "hello";
  mode: SeatMode;
}

/** All server messages up to `n` have arrived. */
export interface Ack {
  type: "ack";
  n: number;
}

/** Keeps the connection and measures it; answered by `pong`. */
export interface Ping {
  type: "ping";
}

/** A fresh peer connection's offer; answered by `answer`. Again = a new transport. */
export interface Offer {
  type: "offer";
  sdp: string;
}

/** What the person shows of themselves; it can only lower what a host allows, never raise it. */
export interface StateMessage {
  type: "state";
  mic: boolean;
  camera: boolean;
  private: boolean;
  away: boolean;
}

/** Close my seat on the other device and enter here; needs a factor proved minutes ago. */
export interface TakeOver {
  type: "take_over";
}

/** Leave the waiting room or the seat for good; coming back is a new admission. */
export interface Leave {
  type: "leave";
}

/** Open the doors: the waiting room may now be let in, and the host takes their own seat. */
export interface OpenDoors {
  type: "open_doors";
}

/** Let one waiting person in. */
export interface Admit {
  type: "admit";
  admission: string;
}

/** Let everybody in who waits, is verified, confirmed a private space and is connected. */
export interface AdmitAll {
  type: "admit_all";
}

/** Not now: the person may ask again after two minutes. */
export interface Decline {
  type: "decline";
  admission: string;
  reason: DecisionReason;
}

/** Back to the waiting room: unheard and unseen at once. */
export interface Return {
  type: "return";
  admission: string;
}

/** Out, and blocked for this session or for the group. */
export interface Remove {
  type: "remove";
  admission: string;
  scope: BlockScope;
  reason: DecisionReason;
}

/** Let a person at the door go on without a location, for a reason that is kept. */
export interface OverrideLocation {
  type: "override_location";
  person: string;
  reason: OverrideReason;
}

/** Nobody new is let in until `unlock`. */
export interface Lock {
  type: "lock";
}

/** Arrivals may be let in again. */
export interface Unlock {
  type: "unlock";
}

/** Take the right to send a microphone, until `allow_media`. */
export interface Mute {
  type: "mute";
  admission: string;
}

/** Mute everybody who is not a host. */
export interface MuteAll {
  type: "mute_all";
}

/** Take the right to send a camera, until `allow_media`. */
export interface StopVideo {
  type: "stop_video";
  admission: string;
}

/** Give back the right to send microphone and camera. */
export interface AllowMedia {
  type: "allow_media";
  admission: string;
}

/** Stop the sound and the picture of everybody at once. */
export interface Suspend {
  type: "suspend";
}

/** End the suspension. */
export interface Resume {
  type: "resume";
}

/** End the session for all. */
export interface End {
  type: "end";
}

/** The answer to `hello` and `take_over`: what a transport needs, and how often to ping. */
export interface Welcome {
  n: number;
  type: "welcome";
  ice_servers: IceServer[];
  ping_seconds: number;
}

/** Everything the reader may know now. `seats` is empty and `host` null for those who wait. */
export interface Snapshot {
  n: number;
  type: "snapshot";
  own: Own;
  session: SessionView;
  seats: SeatView[];
  host: HostPanel | null;
}

/** The relay's answer to the newest `offer`. */
export interface Answer {
  n: number;
  type: "answer";
  sdp: string;
}

/** The whole mapping of receiving lines to seats; lines not named are empty. */
export interface SlotsMessage {
  n: number;
  type: "slots";
  slots: Slot[];
}

/** `lost` asks for a fresh peer connection and a new `offer`; ICE is never restarted. */
export interface Transport {
  n: number;
  type: "transport";
  state: TransportState;
  code: string;
}

/** A gate closed again while waiting, for example by a new agreement: go to `url`. */
export interface GateClosed {
  n: number;
  type: "gate";
  url: string;
  title: string;
}

/** Instead of `welcome`: the account is in elsewhere. A fresh factor is proved at `url`. */
export interface SecondDevice {
  n: number;
  type: "second_device";
  url: string;
  factor_is_fresh: boolean;
}

/** The last message: it is over on this connection, and what to do next. */
export interface Closed {
  n: number;
  type: "closed";
  reason: string;
  title: string;
  body: string;
  next_url: string;
}

/** One message was refused; the connection goes on. `next` says what to do. */
export interface ErrorMessage {
  n: number;
  type: "error";
  code: string;
  text: string;
  next: string;
}

/** The answer to `ping`. */
export interface Pong {
  n: number;
  type: "pong";
}

export type ClientMessage =
  | Hello
  | Ack
  | Ping
  | Offer
  | StateMessage
  | TakeOver
  | Leave
  | OpenDoors
  | Admit
  | AdmitAll
  | Decline
  | Return
  | Remove
  | OverrideLocation
  | Lock
  | Unlock
  | Mute
  | MuteAll
  | StopVideo
  | AllowMedia
  | Suspend
  | Resume
  | End;

export type ServerMessage =
  | Welcome
  | Snapshot
  | Answer
  | SlotsMessage
  | Transport
  | GateClosed
  | SecondDevice
  | Closed
  | ErrorMessage
  | Pong;
