/** The host's side: who waits, who is held at a gate, who is in, and the acts on all of them. */

import type { Newcomer } from "../room/host-keys";
import type {
  ClientMessage,
  HostPanel,
  PersonAtTheDoor,
  SeatedPerson,
  SessionView,
} from "../room/protocol.gen";
import type { RoomSession } from "../room/session";
import { isSeated, type RoomState } from "../room/store";
import { button, KeyedList, make, setText } from "./build";
import { ask, paragraph } from "./dialog";
import { DoorRow, KeylessRow, type Seated, SeatRow, type Waiting, WaitingCard } from "./host-cards";

const MINUTE_MS = 60_000;

export class QrHostRail extends HTMLElement {
  readonly #waitingTitle = make("h2");
  readonly #waitingList = make("ul", { class: "waiting-list" });
  readonly #nobodyWaits = make("p", { text: "Nobody is waiting." });
  readonly #admitAll = button("Let in all who are verified", "small", () =>
    this.#say({ type: "admit_all" }),
  );
  readonly #keylessList = make("ul", { class: "waiting-list" });
  readonly #keylessPart = section("Without a key", this.#keylessList);
  readonly #doorList = make("ul", { class: "door-list" });
  readonly #door = section("At the door", this.#doorList);
  readonly #seatList = make("ul", { class: "seat-list" });
  readonly #seats = section("In the room", this.#seatList);
  readonly #lock = button("", "", () => this.#flip("lock"));
  readonly #pause = button("", "", () => this.#flip("pause"));
  readonly #acts: HTMLElement;
  #session: RoomSession | null = null;
  #waiting: KeyedList<Waiting> | null = null;
  #keyless: KeyedList<Newcomer> | null = null;
  #doors: KeyedList<PersonAtTheDoor> | null = null;
  #seated: KeyedList<Seated> | null = null;

  constructor() {
    super();
    this.#admitAll.dataset.act = "admit-all";
    this.#lock.dataset.act = "lock";
    this.#pause.dataset.act = "suspend";
    this.#acts = this.#makeActs();
  }

  connectedCallback(): void {
    const waiting = make(
      "section",
      { class: "rail__section" },
      this.#waitingTitle,
      this.#nobodyWaits,
      this.#waitingList,
      this.#admitAll,
    );
    this.replaceChildren(
      make(
        "div",
        { class: "rail__inner" },
        // Before those who wait: they sit among the others and cannot be heard.
        this.#keylessPart,
        waiting,
        this.#door,
        this.#seats,
        this.#acts,
      ),
    );
  }

  /** `now` is the server's time, so that a wrong clock here tells no wrong waiting time. */
  show(state: RoomState, session: RoomSession, now: number): void {
    const panel = state.snapshot?.host;
    if (!panel) return;
    this.#start(session);
    this.#showWaiting(state, panel, now);
    this.#keyless?.show(state.keys?.asked ?? []);
    this.#keylessPart.hidden = (state.keys?.asked.length ?? 0) === 0;
    this.#doors?.show(panel.at_the_door);
    this.#door.hidden = panel.at_the_door.length === 0;
    this.#seated?.show(panel.seated.map((person) => seatedOf(state, person)));
    this.#seats.hidden = this.#acts.hidden = !isSeated(state);
    if (state.snapshot) this.#showActs(state.snapshot.session);
  }

  #start(session: RoomSession): void {
    if (this.#session) return;
    this.#session = session;
    this.#waiting = new KeyedList<Waiting>(
      this.#waitingList,
      ({ person }) => person.admission,
      (item) => new WaitingCard(item, session),
    );
    this.#keyless = new KeyedList<Newcomer>(
      this.#keylessList,
      ({ admission }) => admission,
      (item) => new KeylessRow(item, session),
    );
    this.#doors = new KeyedList<PersonAtTheDoor>(
      this.#doorList,
      ({ person }) => person,
      (item) => new DoorRow(item, session),
    );
    this.#seated = new KeyedList<Seated>(
      this.#seatList,
      ({ person }) => person.admission,
      (item) => new SeatRow(item, session),
    );
  }

  #showWaiting(state: RoomState, { waiting }: HostPanel, now: number): void {
    const canAct = isSeated(state);
    setText(this.#waitingTitle, waiting.length === 0 ? "Waiting" : `Waiting (${waiting.length})`);
    this.#nobodyWaits.hidden = waiting.length > 0;
    this.#admitAll.hidden = !canAct || waiting.length < 2;
    this.#waiting?.show(
      waiting.map((person) => ({
        person,
        canAct,
        device: state.keys?.devices.get(person.admission) ?? null,
        minutes: Math.max(0, Math.floor((now - Date.parse(person.waiting_since)) / MINUTE_MS)),
      })),
    );
  }

  #showActs({ locked, suspended }: SessionView): void {
    setText(this.#lock, locked ? "Unlock the session" : "Lock the session");
    setText(this.#pause, suspended ? "End the pause" : "Pause sound and picture for all");
    this.#lock.setAttribute("aria-pressed", String(locked));
    this.#pause.setAttribute("aria-pressed", String(suspended));
  }

  #makeActs(): HTMLElement {
    const muteAll = button("Mute all", "", () => this.#say({ type: "mute_all" }));
    const end = button("End for all…", "danger", () => this.#askEnd());
    muteAll.dataset.act = "mute-all";
    end.dataset.act = "end";
    const acts = make("div", { class: "rail__acts stack" }, this.#lock, muteAll, this.#pause, end);
    return section("For everybody", acts);
  }

  #flip(what: "lock" | "pause"): void {
    const view = this.#session?.state.snapshot?.session;
    if (!view) return;
    if (what === "lock") this.#say({ type: view.locked ? "unlock" : "lock" });
    else this.#say({ type: view.suspended ? "resume" : "suspend" });
  }

  #askEnd(): void {
    ask(
      {
        title: "End the session for everybody?",
        body: [paragraph("Everybody leaves the room at once. This cannot be taken back.")],
        act: "End for all",
        danger: true,
      },
      () => this.#say({ type: "end" }),
    );
  }

  #say(message: ClientMessage): void {
    this.#session?.say(message);
  }
}

function seatedOf(state: RoomState, person: SeatedPerson): Seated {
  const seat = state.snapshot?.seats.find((one) => one.seat === person.seat);
  return {
    person,
    alias: seat?.alias ?? "",
    line: state.lines.find((one) => one.seat === person.seat)?.quality ?? null,
    isHost: seat?.role === "host" || seat?.role === "cohost",
  };
}

function section(title: string, ...children: readonly Node[]): HTMLElement {
  return make("section", { class: "rail__section" }, make("h2", { text: title }), ...children);
}
