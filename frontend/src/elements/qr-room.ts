/**
 * The room page: shows the session's state, and nothing of it is decided here.
 *
 * Waiting room, room, host rail and the screens in their place are parts of this one element, so
 * that admission needs no page load and the transport that came up while waiting goes on.
 */
import type { SeatMode } from "../room/protocol.gen";
import { RoomSession } from "../room/session";
import { recallStart, sessionIn } from "../room/start";
import { type Readings, SPEAKING_LEVEL } from "../room/stats";
import { isHost, isSeated, type Phase, phaseOf, type RoomState } from "../room/store";
import { type KeyedList, make, setData, setText } from "./build";
import { ask, paragraph } from "./dialog";
import { type Notice, noticeList, noticesFor } from "./notices";
import { LOCK_NOW, LOCKING, PRESENT, tell } from "./page-events";
import { QrBadge } from "./qr-badge";
import { QrCode } from "./qr-code";
import { type ControlAct, QrControls } from "./qr-controls";
import { QrHostRail } from "./qr-host-rail";
import { QrTalk, Unread } from "./qr-talk";
import { QrTiles } from "./qr-tiles";
import { QrWaiting } from "./qr-waiting";
import {
  awayScreen,
  closedScreen,
  connectingScreen,
  lostScreen,
  refusedScreen,
  secondDeviceScreen,
  unsupportedScreen,
} from "./screens";
import { explainShortcuts, type Shortcut, shortcutFor } from "./shortcuts";
import { explainWho } from "./who";

const TICK_MS = 10_000;
/** Own goodbyes need no screen in between: the left page says the rest. */
const GO_ON_AT_ONCE = new Set(["own_wish", "ended"]);

export class QrRoom extends HTMLElement {
  readonly #title = make("p", { class: "room__title" });
  readonly #lockMark = make("span", { class: "badge badge--neutral", text: "Locked" });
  readonly #badge = new QrBadge();
  readonly #said = make("div", {
    class: "visually-hidden",
    attributes: { role: "status", "aria-live": "polite" },
  });
  readonly #notices = make("div", {
    class: "room__notices",
    attributes: { role: "status", "aria-live": "polite" },
  });
  readonly #stage = make("section", {
    class: "room__stage",
    attributes: { "aria-label": "The room", tabindex: "0" },
  });
  readonly #railFrame = make("aside", {
    class: "rail",
    attributes: { "aria-label": "For the therapist" },
  });
  readonly #foot = make("footer", { class: "room__foot" });
  readonly #tiles = new QrTiles();
  readonly #waiting = new QrWaiting();
  readonly #controls = new QrControls();
  readonly #rail = new QrHostRail();
  readonly #code = new QrCode();
  readonly #talk = new QrTalk();
  readonly #talkFrame = make("aside", {
    class: "room__talk",
    attributes: { "aria-label": "Chat" },
  });
  readonly #unread = new Unread();
  readonly #ends = new AbortController();
  #session: RoomSession | null = null;
  #noticeList: KeyedList<Notice> | null = null;
  #soundBlocked = false;
  #shownStage = "";
  #clockAhead = 0;
  #timed: RoomState["snapshot"] = null;

  connectedCallback(): void {
    if (this.#session) return;
    const session = this.#makeSession();
    this.#session = session;
    this.#noticeList = noticeList(this.#notices, session);
    this.classList.add("room");
    this.#build();
    this.#listen(session);
    this.#show(session.state);
    void session.start();
  }

  disconnectedCallback(): void {
    this.#ends.abort();
    this.#session?.stop();
    this.#tiles.clear();
    this.#waiting.clear();
  }

  #makeSession(): RoomSession {
    const socketUrl = this.dataset.socketUrl ?? "";
    const start = recallStart(this.dataset.session ?? sessionIn(socketUrl), sessionStorage);
    this.#tiles.speaker = start.speaker ?? "";
    return new RoomSession({
      socketUrl: new URL(socketUrl, location.href.replace(/^http/, "ws")).href,
      pageUrl: location.pathname,
      homeUrl: this.#home,
      endToEnd: "endToEnd" in this.dataset,
      membership: this.dataset.membership ?? "",
      session: this.dataset.session ?? sessionIn(socketUrl),
      mode: (this.dataset.mode ?? "text") as SeatMode,
      start,
    });
  }

  get #home(): string {
    return this.dataset.homeUrl ?? "/";
  }

  #build(): void {
    this.#railFrame.append(this.#rail);
    this.#talkFrame.append(this.#talk);
    this.#talkFrame.hidden = true;
    this.#foot.append(this.#controls);
    this.replaceChildren(
      make(
        "header",
        { class: "room__bar" },
        this.#title,
        make("div", { class: "room__marks" }, this.#lockMark, this.#badge),
      ),
      this.#notices,
      this.#code,
      make("div", { class: "room__body" }, this.#stage, this.#talkFrame, this.#railFrame),
      this.#foot,
      this.#said,
    );
  }

  #listen(session: RoomSession): void {
    const { signal } = this.#ends;
    session.onChange.add((state) => this.#show(state));
    session.onReadings.add((readings) => this.#read(readings, session));
    session.onAnnounce.add((text) => this.#announce(text));
    session.onGo.add((url) => location.assign(url));
    this.#badge.addEventListener("showcode", () => this.#code.open());
    this.#tiles.addEventListener("soundblocked", () => this.#blockSound());
    this.#tiles.addEventListener("looked", () => session.look(this.#tiles.shown()));
    this.#controls.addEventListener("act", (event) =>
      this.#act((event as CustomEvent<ControlAct>).detail),
    );
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    document.addEventListener(LOCKING, () => session.stop(), { signal });
    window.addEventListener("online", () => session.retryNow(), { signal });
    window.addEventListener("pagehide", () => session.stop(), { signal });
    const tick = setInterval(() => this.#show(session.state), TICK_MS);
    signal.addEventListener("abort", () => clearInterval(tick));
  }

  #show(state: RoomState): void {
    const session = this.#session;
    if (!session) return;
    const phase = phaseOf(state);
    setData(this, "phase", phase);
    this.#showBar(state);
    this.#showStage(stageOf(phase, state), state, session);
    this.#controls.show(state, session);
    this.#showTalk(state, session);
    this.#foot.hidden = !state.snapshot || phase === "closed" || phase === "second-device";
    this.#railFrame.hidden = !isHost(state) || this.#foot.hidden || state.wishes.away;
    this.#rail.show(state, session, this.#serverNow(state));
    this.#noticeList?.show(this.#allNotices(phase, state));
    if (state.closed && GO_ON_AT_ONCE.has(state.closed.reason) && state.closed.next_url) {
      location.assign(state.closed.next_url);
    }
  }

  #showTalk(state: RoomState, session: RoomSession): void {
    const isPossible = isSeated(state) && state.keys !== null && !state.wishes.away;
    this.#talkFrame.hidden ||= !isPossible;
    this.#talk.show(state, session);
    this.#code.show(state, session);
    this.#controls.showUnread(this.#unread.count(state, !this.#talkFrame.hidden));
  }

  #openTalk(): void {
    this.#talkFrame.hidden = !this.#talkFrame.hidden;
    if (!this.#talkFrame.hidden) this.#talk.focusInput();
    if (this.#session) this.#show(this.#session.state);
  }

  #showBar(state: RoomState): void {
    const { snapshot } = state;
    const isWaiting = this.dataset.phase === "waiting";
    setText(this.#title, isWaiting ? "Waiting room" : "Your session");
    document.title = isWaiting ? "Waiting · Quietroom" : "Room · Quietroom";
    this.#lockMark.hidden = !snapshot?.session.locked;
    this.#badge.show(state);
  }

  /** Replaces the stage only when it is another one: focus and pictures stay. */
  #showStage(name: string, state: RoomState, session: RoomSession): void {
    if (name === "tiles") this.#tiles.show(state, session);
    else this.#tiles.clear();
    if (name === "waiting") this.#waiting.show(state, session);
    else this.#waiting.clear();
    const key = [name, state.secondDevice?.factor_is_fresh, state.closed?.reason].join();
    if (key === this.#shownStage) return;
    const first = this.#shownStage === "";
    this.#shownStage = key;
    this.#stage.replaceChildren(this.#makeStage(name, state, session));
    if (!first) this.#stage.querySelector<HTMLElement>("h2[tabindex]")?.focus();
  }

  #makeStage(name: string, state: RoomState, session: RoomSession): HTMLElement {
    const home = this.#home;
    if (name === "tiles") return this.#tiles;
    if (name === "waiting") return this.#waiting;
    if (name === "away") return awayScreen(session, () => tell(LOCK_NOW));
    if (name === "failed") return unsupportedScreen(home);
    if (name === "lost") return lostScreen(session);
    if (name === "refused" && state.refusal) return refusedScreen(state.refusal, session, home);
    if (state.closed) return closedScreen(state.closed, home);
    if (state.secondDevice) return secondDeviceScreen(state.secondDevice, session, home);
    return connectingScreen();
  }

  #allNotices(phase: Phase, state: RoomState): Notice[] {
    if (!state.snapshot || phase === "closed" || phase === "second-device") return [];
    const found = noticesFor(state);
    if (this.#soundBlocked && isSeated(state)) found.unshift(this.#soundNotice());
    return found;
  }

  #soundNotice(): Notice {
    const act = (): void => {
      this.#soundBlocked = false;
      this.#tiles.playAll();
      this.#show((this.#session as RoomSession).state);
    };
    return {
      key: "sound",
      tone: "warn",
      title: "Your browser holds the sound back.",
      lines: [],
      acts: [{ text: "Hear the group", act }],
    };
  }

  #blockSound(): void {
    if (this.#soundBlocked) return;
    this.#soundBlocked = true;
    queueMicrotask(() => this.#session && this.#show(this.#session.state));
  }

  #read(readings: Readings, session: RoomSession): void {
    this.#tiles.read(readings, session.state);
    this.#show(session.state);
    if (readings.ownLevel > SPEAKING_LEVEL) tell(PRESENT);
  }

  /** Screen readers read an appended line once, and each one that comes. */
  #announce(text: string): void {
    const line = make("p", { text });
    this.#said.append(line);
    setTimeout(() => line.remove(), TICK_MS);
  }

  #act(act: ControlAct): void {
    const session = this.#session;
    if (!session) return;
    if (act === "who") explainWho(session.state);
    else if (act === "chat") this.#openTalk();
    else if (act === "keys") explainShortcuts();
    else if (act === "rules") showGroundRules();
    else askLeave(session);
  }

  #key(event: KeyboardEvent): void {
    const shortcut = shortcutFor(event);
    const session = this.#session;
    if (!shortcut || !session?.state.snapshot) return;
    event.preventDefault();
    this.#shortcut(shortcut, session);
  }

  #shortcut(shortcut: Shortcut, session: RoomSession): void {
    if (shortcut === "mic" || shortcut === "camera") this.#controls.toggle(shortcut);
    else if (shortcut === "private") session.wish({ notPrivate: !session.state.wishes.notPrivate });
    else this.#act(shortcut);
  }

  /** The server's time: this device's clock plus what the last snapshot showed it to be off. */
  #serverNow({ snapshot }: RoomState): number {
    const sent = Date.parse(snapshot?.session.now ?? "");
    if (snapshot && snapshot !== this.#timed && !Number.isNaN(sent)) {
      this.#clockAhead = sent - Date.now();
    }
    this.#timed = snapshot;
    return Date.now() + this.#clockAhead;
  }
}

function stageOf(phase: Phase, state: RoomState): string {
  if (phase === "closed" || phase === "second-device" || phase === "failed") return phase;
  if (!state.snapshot && state.refusal) return "refused";
  if (!state.snapshot) return phase === "reconnecting" ? "lost" : "connecting";
  if (!isSeated(state)) return "waiting";
  return state.wishes.away ? "away" : "tiles";
}

function showGroundRules(): void {
  const rules = document.querySelector<HTMLDialogElement>("dialog#ground-rules");
  if (rules && !rules.open) rules.showModal();
}

function askLeave(session: RoomSession): void {
  const seated = isSeated(session.state);
  ask(
    {
      title: seated ? "Leave the session?" : "Leave the waiting room?",
      body: [
        paragraph(
          seated
            ? "To come back you wait again, and the therapist lets you in."
            : "You can come back while the session is open.",
        ),
      ],
      act: "Leave",
      stay: "Stay",
    },
    () => session.leave(),
  );
}
