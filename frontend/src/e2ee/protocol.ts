/** What the page and the worker say to each other. Keys and MLS state never cross this line. */
import type { Bytes } from "./bytes";
import type { Identity } from "./identity";

export type { Identity } from "./identity";

export interface Member extends Identity {
  readonly leaf: number;
  /** Base64 of the Ed25519 public key: the device. */
  readonly signatureKey: string;
  readonly isHost: boolean;
  readonly own: boolean;
}

export interface GroupView {
  readonly group: string;
  readonly epoch: number;
  readonly members: readonly Member[];
  /** 30 digits without spaces. */
  readonly code: string;
}

export interface GroupEpoch {
  readonly group: string;
  readonly epoch: number;
}

/** `switched`: this page's senders seal under it too. */
export interface Readiness extends GroupEpoch {
  readonly switched: boolean;
}

export interface Said {
  readonly from: Member;
  readonly text: string;
  readonly toHosts: boolean;
  readonly epoch: number;
}

export type Trouble =
  /** Another tab of this browser holds this membership's keys; nothing was opened. */
  | "other-tab"
  /** Nothing usable is stored, or the welcome does not open: a fresh KeyPackage is needed. */
  | "lost-state"
  /** A commit that is invalid or not by a host: sending has stopped for good in this group. */
  | "refused-commit"
  /** Frames of a newer epoch for two seconds without their commit: sending stops until it comes. */
  | "missing-commit"
  /** Frames left that the worker has not seen: the track was stopped. */
  | "clear-media";

export interface GroupChange {
  readonly add: readonly Bytes[];
  /** Further KeyPackages, whose owners become hosts in the same commit. */
  readonly addHosts: readonly Bytes[];
  /** Admissions. */
  readonly remove: readonly string[];
}

export interface MadeCommit {
  /** The epoch that the commit was made in. */
  readonly epoch: number;
  readonly commit: Bytes;
  readonly welcome: Bytes | null;
}

/** What the page may ask; each is answered once, in the order in which it was asked. */
export interface Calls {
  open(membership: string, session: string): Promise<GroupEpoch | null>;
  keyPackage(identity: Identity): Promise<Bytes>;
  inspect(keyPackage: Bytes): Promise<Identity & { signatureKey: string }>;
  create(group: string, identity: Identity): Promise<void>;
  commit(change: GroupChange): Promise<MadeCommit>;
  accepted(): Promise<void>;
  refused(): Promise<void>;
  join(group: string, welcome: Bytes): Promise<void>;
  apply(group: string, epoch: number, commit: Bytes): Promise<void>;
  allReady(epoch: number): Promise<void>;
  drop(): Promise<void>;
  say(text: string, to: "everybody" | "hosts"): Promise<Bytes>;
  hear(data: Bytes): Promise<void>;
  forget(): Promise<void>;
  /** The lines of a connection that is gone. */
  linesGone(generation: number): Promise<void>;
  counters(): Promise<readonly LineCounters[]>;
}

export type Call = keyof Calls;

export interface Asked {
  readonly id: number;
  readonly call: Call;
  readonly arguments: readonly unknown[];
}

export type Told =
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly code: string }
  | { readonly kind: "group"; readonly view: GroupView | null }
  | { readonly kind: "ready"; readonly at: Readiness }
  | { readonly kind: "switched"; readonly at: GroupEpoch }
  | { readonly kind: "line"; readonly mid: string; readonly admission: string | null }
  | { readonly kind: "said"; readonly said: Said }
  | { readonly kind: "trouble"; readonly trouble: Trouble };

export type LineMedia = "mic" | "audio" | "camera" | "screen";

/** Given with the transform itself, so that a line never has a moment without its purpose. */
export interface LineOptions {
  readonly mid: string;
  readonly media: LineMedia;
  readonly sends: boolean;
  /** Which peer connection: a fresh one has the same mids. */
  readonly generation: number;
}

export interface LineCounters {
  readonly mid: string;
  readonly generation: number;
  /** Frames that came in: if fewer than the browser sent, some left in clear. */
  readonly entered: number;
  readonly sealed: number;
  readonly opened: number;
  readonly dropped: number;
  /** Of the dropped: received, and no key that was known by then opened them. */
  readonly keyless: number;
  /** Of a sending line, by SSRC: one for each simulcast layer. */
  readonly enteredBySsrc: Readonly<Record<number, number>>;
}
