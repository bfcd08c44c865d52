/** The parts of the host rail: one card for each waiting person, one row for the others. */
import type { Newcomer } from "../room/host-keys";
import type { Device } from "../room/pins";
import type { LineState, PersonAtTheDoor, SeatedPerson, WaitingPerson } from "../room/protocol.gen";
import type { RoomSession } from "../room/session";
import { button, make, type Part, rest, setText } from "./build";
import { ask, choice, paragraph } from "./dialog";
import { DECISION_REASONS, OVERRIDE_REASONS } from "./reasons";

export interface Waiting {
  readonly person: WaitingPerson;
  readonly minutes: number;
  /** In end-to-end encrypted sessions: what this browser remembers of the device. */
  readonly device: Device | null;
  /** A host without a seat of their own lets nobody in. */
  readonly canAct: boolean;
}

export interface Seated {
  readonly person: SeatedPerson;
  readonly alias: string;
  readonly isHost: boolean;
  /** Null: nothing to say about it. */
  readonly line: LineState | null;
}

interface Fact {
  readonly ok: boolean;
  readonly text: string;
}

const MODES: Readonly<Record<WaitingPerson["mode"], string>> = {
  video: "",
  audio: ", with sound only",
  text: ", listens only",
};

export class WaitingCard implements Part<Waiting> {
  readonly element: HTMLLIElement;
  readonly #name = make("div", { class: "waiting-card__name" });
  readonly #alias = make("div", { class: "waiting-card__alias" });
  readonly #facts = make("ul", { class: "facts" });
  readonly #note = noteLine();
  readonly #acts: HTMLElement;

  constructor({ person }: Waiting, session: RoomSession) {
    const admit = button("Let in", "primary small", () => {
      if (session.say({ type: "admit", admission: person.admission })) rest(admit);
    });
    admit.dataset.act = "admit";
    const decline = button("Not now…", "small", () => askDecline(person, session));
    decline.dataset.act = "decline";
    this.#acts = make("div", { class: "cluster" }, admit, decline);
    this.element = make(
      "li",
      { class: "waiting-card", data: { admission: person.admission } },
      this.#name,
      this.#alias,
      this.#facts,
      this.#note,
      this.#acts,
    );
  }

  update({ person, minutes, canAct, device }: Waiting): void {
    this.#acts.hidden = !canAct;
    setText(this.#name, person.true_name);
    setText(this.#alias, `in the group: ${person.alias}${MODES[person.mode]}`);
    showNote(this.#note, person.note);
    const facts = factsOf(person, minutes, device);
    if (facts.map((fact) => fact.text).join() === this.#facts.dataset.shown) return;
    this.#facts.dataset.shown = facts.map((fact) => fact.text).join();
    this.#facts.replaceChildren(
      ...facts.map(({ ok, text }) => make("li", { class: "fact", data: { ok: String(ok) }, text })),
    );
  }
}

/** A person's own words: only ever as text, in the direction they were written in. */
function noteLine(): HTMLElement {
  return make("p", { class: "door-note", attributes: { dir: "auto" } });
}

function showNote(line: HTMLElement, note: string): void {
  line.hidden = note === "";
  setText(line, note);
}

const DEVICES: Readonly<Record<Device, string>> = {
  same: "Same device as last time",
  other: "Another device than last time: ask who it is",
  first: "New device: ask who it is",
};

/** What this browser remembers by the device's key goes before what the server says. */
function deviceFact(isKnown: boolean, device: Device | null): Fact {
  if (device) return { ok: device === "same", text: DEVICES[device] };
  return { ok: isKnown, text: isKnown ? "Known device" : "New device: ask who it is" };
}

function notAdded(person: WaitingPerson): Fact[] {
  const text = "Could not be let in: the keys were not made in time. Try again";
  return person.was_not_added ? [{ ok: false, text }] : [];
}

function factsOf(person: WaitingPerson, minutes: number, device: Device | null): Fact[] {
  const { device_known, papers, private_space, location_confirmed, here } = person;
  return [
    ...notAdded(person),
    deviceFact(device_known, device),
    { ok: papers, text: papers ? "Papers signed" : "Papers not signed" },
    { ok: private_space, text: private_space ? "Alone and private" : "Has no private space" },
    {
      ok: location_confirmed,
      text: location_confirmed ? "Location confirmed" : "Location not confirmed",
    },
    { ok: here, text: here ? waitingText(minutes) : "Lost the connection" },
  ];
}

function waitingText(minutes: number): string {
  if (minutes < 1) return "Has just arrived";
  return minutes === 1 ? "Waiting for 1 minute" : `Waiting for ${minutes} minutes`;
}

/** Somebody who sits and has no key: only this host's own hand gives one. */
export class KeylessRow implements Part<Newcomer> {
  readonly element = make("li", { class: "waiting-card" });

  constructor({ admission, alias, device }: Newcomer, session: RoomSession) {
    const give = button("Give the key", "primary small", () => {
      session.giveKey(admission);
      rest(give);
    });
    give.dataset.act = "give-key";
    this.element.append(
      make("div", { class: "waiting-card__name", text: alias }),
      make("p", { text: "Nobody hears or sees them: a browser has lost the keys." }),
      make("p", { class: "fact", data: { ok: String(device === "same") }, text: DEVICES[device] }),
      make("div", { class: "cluster" }, give),
    );
  }

  update(): void {}
}

function askDecline(person: WaitingPerson, session: RoomSession): void {
  const reason = choice("Reason, for the record", DECISION_REASONS);
  ask(
    {
      title: `Not let ${person.alias} in now?`,
      body: [
        paragraph("They read neutral words and may ask again after two minutes."),
        reason.element,
      ],
      act: "Not now",
    },
    () => session.say({ type: "decline", admission: person.admission, reason: reason.value() }),
  );
}

export class DoorRow implements Part<PersonAtTheDoor> {
  readonly element = make("li");
  readonly #text = make("span");
  readonly #note = noteLine();
  readonly #override: HTMLButtonElement;

  constructor(person: PersonAtTheDoor, session: RoomSession) {
    this.#override = button("Let go on…", "small", () => askOverride(person, session));
    this.element.append(this.#text, this.#note, this.#override);
  }

  update(person: PersonAtTheDoor): void {
    const help = person.needs_help ? " They ask for help." : "";
    const later = person.later ? " Has no private space and comes another time." : "";
    setText(
      this.#text,
      `${person.true_name} (${person.alias}): ${person.gate_title}.${later}${help}`,
    );
    showNote(this.#note, person.note);
    this.#override.hidden = !person.can_override;
  }
}

function askOverride(person: PersonAtTheDoor, session: RoomSession): void {
  const reason = choice("Reason, for the record", OVERRIDE_REASONS);
  ask(
    {
      title: `Let ${person.alias} go on without a location?`,
      body: [paragraph("In an emergency you would not know where to send help."), reason.element],
      act: "Let go on",
    },
    () => session.say({ type: "override_location", person: person.person, reason: reason.value() }),
  );
}

/** One seated person: nothing here can turn somebody's microphone or camera on. */
export class SeatRow implements Part<Seated> {
  readonly element: HTMLLIElement;
  readonly #name = make("span", { class: "seat-row__name" });
  readonly #papers = make("p", {
    class: "fact",
    data: { ok: "false" },
    text: "Has not signed the agreement now in force. You decide whether they stay.",
  });
  readonly #line = make("p", { class: "fact seat-row__line", data: { ok: "false" } });
  readonly #camera = make("p", {
    class: "fact",
    data: { ok: "false", camera: "expected" },
    text: "Camera off; the group expects it. Have a word, or agree otherwise on their page.",
  });
  readonly #acts = make("div", { class: "cluster" });
  readonly #mute: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #allow: HTMLButtonElement;

  constructor({ person, alias }: Seated, session: RoomSession) {
    const { admission } = person;
    const say = (type: "mute" | "stop_video" | "allow_media") => () =>
      session.say({ type, admission });
    this.#mute = act("mute", "Mute", say("mute"));
    this.#stop = act("stop-video", "Stop video", say("stop_video"));
    this.#allow = act("allow", "Allow sound and picture", say("allow_media"));
    const back = act("return", "Back to waiting…", () => askReturn(person, alias, session));
    const out = act("remove", "Remove…", () => askRemove(person, alias, session));
    out.classList.add("button--danger");
    this.#acts.append(this.#mute, this.#stop, this.#allow, back, out);
    this.element = make(
      "li",
      { class: "seat-row", data: { admission } },
      this.#name,
      this.#papers,
      this.#line,
      this.#camera,
      this.#acts,
    );
  }

  /** Hosts do not act on each other. */
  update({ person, alias, isHost, line }: Seated): void {
    setText(this.#name, person.own ? `${alias} (you)` : `${alias} · ${person.true_name}`);
    this.#papers.hidden = person.papers;
    this.#line.hidden = line === null;
    this.#camera.hidden = !person.camera_expected;
    if (line !== null) setText(this.#line, lineWords(line, person.own ? "Your" : `${alias}'s`));
    this.#acts.hidden = person.own || isHost;
    this.#mute.hidden = !person.may_send_mic;
    this.#stop.hidden = !person.may_send_camera;
    this.#allow.hidden = person.may_send_mic && person.may_send_camera;
  }
}

function lineWords(line: LineState, whose: string): string {
  return line === "weak"
    ? `${whose} line is weak: sound first, small pictures.`
    : `${whose} line is very weak: sound at best. A call-back may help.`;
}

function act(name: string, text: string, click: () => void): HTMLButtonElement {
  const made = button(text, "small", click);
  made.dataset.act = name;
  return made;
}

function askReturn({ admission }: SeatedPerson, alias: string, session: RoomSession): void {
  ask(
    {
      title: `Send ${alias} back to the waiting room?`,
      body: [paragraph("They are unheard and unseen at once. You can let them in again.")],
      act: "Back to waiting",
    },
    () => session.say({ type: "return", admission }),
  );
}

function askRemove({ admission }: SeatedPerson, alias: string, session: RoomSession): void {
  const scope = choice("They stay out of", [
    ["session", "this session"],
    ["group", "the group"],
  ]);
  const reason = choice("Reason, for the record", DECISION_REASONS);
  ask(
    {
      title: `Remove ${alias}?`,
      body: [
        paragraph("Their sound and picture stop at once, and they cannot come back by themselves."),
        scope.element,
        reason.element,
      ],
      act: "Remove",
      danger: true,
    },
    () => session.say({ type: "remove", admission, scope: scope.value(), reason: reason.value() }),
  );
}
