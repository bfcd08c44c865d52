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

export type KeyStanding =
  | "none"
  | "added"
  | "member";

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

export type CameraLayer =
  | "l"
  | "m"
  | "h";

export type LineState =
  | "weak"
  | "poor";

export interface IceServer {
  urls: string[];
  username: string;
  credential: string;
}

/** The reader's own standing. `admission` is null until they are in the waiting room. */
export interface Own {
  admission: AdmissionState | null;
  admission_id: string | null;
  seat: number | null;
  role: TileRole;
  alias: string;
  mode: SeatMode;
  may_send_mic: boolean;
  may_send_camera: boolean;
  was_not_added: boolean;
  self_view: boolean;
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
  end_to_end: boolean;
}

/** One tile, as everybody in the room may see it. */
export interface SeatView {
  seat: number;
  admission: string;
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
  was_not_added: boolean;
  waiting_since: string;
  note: string;
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
  later: boolean;
  note: string;
}

/** `papers` turns false when consent is withdrawn: who sits stays until the host decides. */
export interface SeatedPerson {
  seat: number;
  admission: string;
  true_name: string;
  papers: boolean;
  may_send_mic: boolean;
  may_send_camera: boolean;
  camera_expected: boolean;
  own: boolean;
}

/** Only ever sent to a host or co-host of this group. */
export interface HostPanel {
  waiting: WaitingPerson[];
  at_the_door: PersonAtTheDoor[];
  seated: SeatedPerson[];
}

/** A seat whose line is `weak` (small or few pictures) or `poor` (sound at best). */
export interface Line {
  seat: number;
  quality: LineState;
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

/** How wide each line of pictures is shown, in device pixels, in the order of the lines (18 to */
export interface View {
  type: "view";
  widths: number[];
}

/** Close my seat on the other device and enter here; needs a factor proved minutes ago. */
export interface TakeOver {
  type: "take_over";
}

/** Leave the waiting room or the seat for good; coming back is a new admission. */
export interface Leave {
  type: "leave";
}

/** By which a host may add this visit to the group; the newest replaces, each is used once. */
export interface OwnKeyPackage {
  type: "key_package";
  admission: string;
  package: string;
}

/** What this page holds: the state is told, and every commit from this epoch on is replayed. */
export interface HeldKeys {
  type: "keys";
  group: string | null;
  epoch: number;
}

/** A commit made in `epoch`: the first of an epoch wins. Only hosts add and remove. */
export interface Commit {
  type: "commit";
  group: string;
  epoch: number;
  commit: string;
  welcome: string;
  added: string[];
  removed: string[];
}

/** This page can open what the others send under this epoch; `switched` as in that message. */
export interface Ready {
  type: "ready";
  group: string;
  epoch: number;
  switched: boolean;
}

/** Whatever this page sends from now on is sealed under this epoch. */
export interface Switched {
  type: "switched";
  group: string;
  epoch: number;
}

/** Chat, notes, hands and reactions, sealed for the group: passed on, never stored. */
export interface Say {
  type: "application";
  group: string;
  data: string;
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

/** Make a new group the session's; `instead_of` is the present one, as this host knows it. */
export interface FoundGroup {
  type: "found_group";
  instead_of: string | null;
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

/** Whose line is not good now, the whole state. Only ever sent to a host of this group. */
export interface Lines {
  n: number;
  type: "lines";
  lines: Line[];
}

/** The largest layer of the reader's camera that anybody looks at: larger ones may rest. */
export interface Layers {
  n: number;
  type: "layers";
  largest: CameraLayer;
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

/** Instead of a place: the account is in elsewhere. A fresh factor is proved at `url`. */
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

/** The session's group and the reader's standing in it; `group` is null before the first. */
export interface KeyGroupState {
  n: number;
  type: "key_group";
  group: string | null;
  epoch: number;
  standing: KeyStanding;
}

/** For hosts: the unused key package of somebody who waits, or who sits and has lost theirs. */
export interface KeyPackageOf {
  n: number;
  type: "key_package_of";
  admission: string;
  package: string;
}

/** For the added alone: the way into the group at `epoch`. */
export interface WelcomeToGroup {
  n: number;
  type: "welcome_group";
  group: string;
  epoch: number;
  welcome: string;
}

/** The commit that won `epoch`, in order, once on each connection. `own` ones come empty. */
export interface Committed {
  n: number;
  type: "committed";
  group: string;
  epoch: number;
  commit: string;
  own: boolean;
}

/** Another commit won, or this one was not allowed; the group is at `epoch` now. */
export interface CommitRefused {
  n: number;
  type: "commit_refused";
  group: string;
  epoch: number;
}

/** Everybody connected who could open the epoch before can open `epoch`: senders may switch. */
export interface AllReady {
  n: number;
  type: "all_ready";
  group: string;
  epoch: number;
}

/** What another member of the group sent with `application`. */
export interface Said {
  n: number;
  type: "application";
  group: string;
  data: string;
}

export type ClientMessage =
  | Hello
  | Ack
  | Ping
  | Offer
  | StateMessage
  | View
  | TakeOver
  | Leave
  | OwnKeyPackage
  | HeldKeys
  | Commit
  | Ready
  | Switched
  | Say
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
  | End
  | FoundGroup;

export type ServerMessage =
  | Welcome
  | Snapshot
  | Answer
  | SlotsMessage
  | Lines
  | Layers
  | Transport
  | GateClosed
  | SecondDevice
  | Closed
  | ErrorMessage
  | Pong
  | KeyGroupState
  | KeyPackageOf
  | WelcomeToGroup
  | Committed
  | CommitRefused
  | AllReady
  | Said;
