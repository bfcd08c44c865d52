/** The person's own buttons: always in the same place, each saying what is true now. */
import type { LocalSource, Problem } from "../room/media";
import type { RoomSession } from "../room/session";
import {
  type Hindrance,
  hindrance,
  isSeated,
  type RoomState,
  seesSelf,
  type Wishes,
} from "../room/store";
import { icon, make, setAttribute, setText } from "./build";

export type ControlAct = "chat" | "who" | "rules" | "keys" | "leave";

interface Control {
  readonly button: HTMLButtonElement;
  readonly icon: HTMLSpanElement;
  readonly why: HTMLSpanElement;
}

const WHY_NOT: Readonly<Record<Hindrance, string>> = {
  host: "off by the therapist",
  suspended: "paused for all",
  private: "off, not private",
  away: "off, away",
  mode: "not in this way of joining",
  "audio-only": "off, sound only",
};

const PROBLEMS: Readonly<Record<Problem, string>> = {
  denied: "blocked",
  busy: "in use elsewhere",
  missing: "not found",
  unsupported: "not possible here",
  unknown: "not working",
};

export class QrControls extends HTMLElement {
  readonly #bar = make("div", {
    class: "controls",
    attributes: { role: "group", "aria-label": "Your controls" },
  });
  readonly #mic = this.#control("mic", "mic", "Microphone", () => this.toggle("mic"));
  readonly #camera = this.#control("camera", "camera", "Camera", () => this.toggle("camera"));
  readonly #private = this.#control("private", "quiet", "Not private now", () =>
    this.#flip("notPrivate"),
  );
  readonly #away = this.#control("away", "away", "Step away", () => this.#flip("away"));
  readonly #audioOnly = this.#control("audio-only", "ear", "Sound only", () =>
    this.#flip("audioOnly"),
  );
  readonly #selfView = this.#control("self-view", "self-view", "Hide my picture", () =>
    this.#hideSelf(),
  );
  readonly #hand = this.#control("hand", "hand", "Raise hand", () => this.#raise());
  readonly #chat = this.#asking("chat", "chat", "Chat");
  readonly #seatedOnly: readonly Control[];
  #session: RoomSession | null = null;

  constructor() {
    super();
    const who = this.#asking("who", "people", "Who sees me");
    const rules = this.#asking("rules", "rules", "Ground rules");
    const keys = this.#asking("keys", "device", "Shortcuts");
    const leave = this.#asking("leave", "leave", "Leave");
    leave.button.classList.add("control--danger");
    for (const one of [who, rules, keys]) one.button.classList.add("control--quiet");
    keys.button.classList.add("control--keys");
    this.#seatedOnly = [this.#private, this.#away, this.#audioOnly, this.#selfView, who];
    const talk = [this.#hand, this.#chat];
    const all = [this.#mic, this.#camera, ...talk, ...this.#seatedOnly, rules, keys, leave];
    this.#bar.append(...all.map((control) => control.button));
  }

  connectedCallback(): void {
    this.replaceChildren(this.#bar);
  }

  show(state: RoomState, session: RoomSession): void {
    this.#session = session;
    this.#showSource(this.#mic, "mic", state);
    this.#showSource(this.#camera, "camera", state);
    this.#showWish(this.#private, state.wishes.notPrivate);
    this.#showWish(this.#away, state.wishes.away);
    this.#showWish(this.#audioOnly, state.wishes.audioOnly);
    this.#showWish(this.#selfView, !seesSelf(state));
    for (const control of this.#seatedOnly) control.button.hidden = !isSeated(state);
    this.#showTalk(state);
  }

  showUnread(unread: number): void {
    setText(this.#chat.why, unread > 0 ? `${unread} new` : "");
  }

  /** Only where words can be sealed for the group. */
  #showTalk(state: RoomState): void {
    for (const { button } of [this.#hand, this.#chat]) {
      button.hidden = !isSeated(state) || state.keys === null;
    }
    this.#showWish(this.#hand, isHandUp(state));
  }

  #raise(): void {
    const session = this.#session;
    if (session) session.talk?.raise(!isHandUp(session.state));
  }

  /** A blocked source is asked for again; a host's decision is nobody else's to undo. */
  toggle(source: LocalSource): void {
    const session = this.#session;
    if (!session || hindrance(session.state, source) !== null) return;
    const wanted = session.state.wishes[source];
    if (wanted && session.state.local[source].problem) session.retry(source);
    else session.wish({ [source]: !wanted });
  }

  /** From oneself only: nobody else's page changes, and nothing is said to the server. */
  #hideSelf(): void {
    const session = this.#session;
    session?.wish({ selfView: !seesSelf(session.state) });
  }

  #flip(wish: keyof Wishes): void {
    const session = this.#session;
    session?.wish({ [wish]: !session.state.wishes[wish] });
  }

  #showSource(control: Control, source: LocalSource, state: RoomState): void {
    const why = hindrance(state, source);
    const { problem, track } = state.local[source];
    const on = state.wishes[source] && why === null && track !== null;
    control.button.disabled = why !== null;
    control.icon.className = `icon icon--${on ? source : `${source}-off`}`;
    setAttribute(control.button, "aria-pressed", String(on));
    setText(control.why, words(on, why, state.wishes[source] ? problem : null));
  }

  #showWish(control: Control, on: boolean): void {
    setAttribute(control.button, "aria-pressed", String(on));
    setText(control.why, on ? "on" : "");
  }

  #control(act: string, image: string, label: string, click: () => void): Control {
    const picture = icon(image);
    const why = make("span", { class: "control__why" });
    const button = make(
      "button",
      { class: "control", data: { act }, attributes: { type: "button" }, click },
      picture,
      make("span", { class: "control__label", text: label }),
      why,
    );
    return { button, icon: picture, why };
  }

  #asking(act: ControlAct, image: string, label: string): Control {
    return this.#control(act, image, label, () =>
      this.dispatchEvent(new CustomEvent<ControlAct>("act", { detail: act })),
    );
  }
}

function isHandUp({ keys, snapshot }: RoomState): boolean {
  const own = snapshot?.own.admission_id;
  return own != null && (keys?.talk.hands.includes(own) ?? false);
}

function words(on: boolean, why: Hindrance | null, problem: Problem | null): string {
  if (why !== null) return WHY_NOT[why];
  if (problem !== null) return PROBLEMS[problem];
  return on ? "on" : "off";
}
