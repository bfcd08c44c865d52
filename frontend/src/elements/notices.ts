/** The notices above the room: what is not as it should be, and for each its next step. */
import type { LocalSource } from "../room/media";
import type { RoomSession } from "../room/session";
import { isHost, isSeated, phaseOf, type RoomState } from "../room/store";
import { button, KeyedList, make, type Part, setText } from "./build";
import { keyNotices } from "./key-notices";
import { helpFor, platformOf } from "./permission-help";

export interface Notice {
  readonly key: string;
  readonly tone: "info" | "ok" | "warn" | "danger";
  readonly title: string;
  readonly lines: readonly string[];
  readonly acts: readonly NoticeAct[];
}

interface NoticeAct {
  readonly text: string;
  readonly act: (session: RoomSession) => void;
}

const TELL_AFTER_LOSSES = 2;

/** All that holds now, the most urgent first. Pure: the element only shows them. */
export function noticesFor(state: RoomState): Notice[] {
  const found = [...connection(state), ...refusal(state)];
  if (isSeated(state)) found.push(...keyNotices(state), ...inRoom(state));
  for (const source of ["mic", "camera"] as const) found.push(...missingSource(state, source));
  return found;
}

function connection(state: RoomState): Notice[] {
  const now: NoticeAct = { text: "Try now", act: (session) => session.retryNow() };
  if (state.link === "retrying") {
    const lines = ["We keep trying. Stay on this page: your place is kept for a while."];
    return [notice("link", "warn", "You lost the connection.", lines, [now])];
  }
  if (phaseOf(state) === "reconnecting" && state.peerLosses <= TELL_AFTER_LOSSES) {
    const lines = ["We are connecting you again. Others see that you are reconnecting."];
    return [notice("media", "warn", "Sound and picture are interrupted.", lines)];
  }
  if (state.peerLosses >= TELL_AFTER_LOSSES && state.snapshot) return [unreachable()];
  return [];
}

function unreachable(): Notice {
  const lines = [
    "Your network seems to block calls. We keep trying.",
    "What helps: another network, such as your phone's, or a VPN switched off.",
  ];
  return notice("relay", "danger", "Sound and picture cannot get through.", lines);
}

function refusal({ refusal: refused }: RoomState): Notice[] {
  if (!refused) return [];
  const lines = refused.next ? [refused.next] : [];
  const read = { text: "All right", act: (session: RoomSession) => session.readRefusal() };
  return [notice("refusal", "warn", refused.text, lines, [read])];
}

function inRoom(state: RoomState): Notice[] {
  const found: Notice[] = [];
  const { snapshot, wishes } = state;
  if (wishes.notPrivate) {
    const back = (session: RoomSession) => session.wish({ notPrivate: false });
    found.push(
      notice(
        "private",
        "warn",
        "Nobody hears or sees you now.",
        ["You said: not private."],
        [{ text: "I am private again", act: back }],
      ),
    );
  }
  if (snapshot?.session.suspended) found.push(paused(isHost(state)));
  if (snapshot && !snapshot.session.host_present) {
    const lines = ["Nobody new can come in. If nobody returns, everybody goes back to waiting."];
    found.push(notice("host", "info", "The therapist is not connected.", lines));
  }
  return found;
}

function paused(host: boolean): Notice {
  const lines = host
    ? ["Members send neither sound nor picture until you end the pause."]
    : ["Afterwards you turn your own microphone and camera on again."];
  return notice("paused", "info", "Sound and picture are paused for everybody.", lines);
}

function missingSource(state: RoomState, source: LocalSource): Notice[] {
  const { problem } = state.local[source];
  if (!problem || !state.wishes[source]) return [];
  const help = helpFor(source, problem, platformOf(navigator.userAgent, navigator.maxTouchPoints));
  return [
    notice(source, "warn", help.title, help.steps, [
      { text: "Try again", act: (session) => session.retry(source) },
      { text: "Go on without", act: (session) => session.wish({ [source]: false }) },
    ]),
  ];
}

function notice(
  key: string,
  tone: Notice["tone"],
  title: string,
  lines: readonly string[] = [],
  acts: readonly NoticeAct[] = [],
): Notice {
  return { key, tone, title, lines, acts };
}

/** Kept by key, so that a button in a notice does not lose the focus when the state changes. */
export function noticeList(parent: HTMLElement, session: RoomSession): KeyedList<Notice> {
  return new KeyedList<Notice>(
    parent,
    (item) => `${item.key} ${item.title}`,
    (item) => new NoticePart(item, session),
  );
}

class NoticePart implements Part<Notice> {
  readonly element: HTMLElement;
  readonly #title = make("p", { class: "notice__title" });

  constructor(item: Notice, session: RoomSession) {
    const acts = item.acts.map((one) => button(one.text, "small", () => one.act(session)));
    this.element = make(
      "div",
      { class: `notice notice--${item.tone}`, data: { notice: item.key } },
      this.#title,
      ...item.lines.map((line) => make("p", { text: line })),
      acts.length > 0 && make("div", { class: "cluster" }, ...acts),
    );
  }

  update(item: Notice): void {
    setText(this.#title, item.title);
  }
}
