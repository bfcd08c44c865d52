/**
 * What people say without their voice: chat, a note to the therapist, hands, reactions, and the
 * call to compare the safety code. Sealed for the group; kept nowhere but in this page's memory.
 */
import { type GroupView, type Said, ShownCode } from "../e2ee";
import { Listeners } from "./listeners";
import type { Snapshot } from "./protocol.gen";

export const REACTIONS = ["heart", "thanks", "agree", "breath"] as const;
export type Reaction = (typeof REACTIONS)[number];

export interface Line {
  readonly id: number;
  readonly alias: string;
  readonly text: string;
  readonly own: boolean;
  /** Read by the therapists alone. */
  readonly toHosts: boolean;
  readonly at: number;
}

export interface TalkState {
  readonly lines: readonly Line[];
  /** Visits in the order in which their hands went up. */
  readonly hands: readonly string[];
  readonly reactions: ReadonlyMap<string, Reaction>;
  readonly code: string;
  readonly isComparing: boolean;
  /** The group changed while people compared: those numbers are no longer the present ones. */
  readonly isStale: boolean;
}

type Word =
  | { readonly kind: "chat"; readonly text: string }
  | { readonly kind: "hand"; readonly up: boolean }
  | { readonly kind: "reaction"; readonly reaction: Reaction }
  | { readonly kind: "compare"; readonly on: boolean };

type Speak = (text: string, to: "everybody" | "hosts") => Promise<boolean>;

const MOST_LINES = 300;
export const LONGEST_LINE = 1_000;
export const LONGEST_NOTE = 300;
const REACTION_SHOWN_MS = 6_000;

export class Talk {
  readonly onChange = new Listeners<TalkState>();
  readonly #speak: Speak;
  readonly #code = new ShownCode();
  #lines: readonly Line[] = [];
  #hands: readonly string[] = [];
  #reactions: ReadonlyMap<string, Reaction> = new Map();
  #members: readonly string[] = [];
  #own = "";
  #alias = "";
  #count = 0;

  constructor(speak: Speak) {
    this.#speak = speak;
  }

  get state(): TalkState {
    return {
      lines: this.#lines,
      hands: this.#hands,
      reactions: this.#reactions,
      code: this.#code.text,
      isComparing: this.#code.isFrozen,
      isStale: this.#code.isStale,
    };
  }

  know({ own }: Snapshot): void {
    this.#own = own.admission_id ?? "";
    this.#alias = own.alias;
  }

  /** Newcomers have not heard what was said: a hand that is up is shown to them as well. */
  see(view: GroupView | null): void {
    this.#code.update(view?.code ?? "");
    const present = view?.members.map((member) => member.admission) ?? [];
    const hasNew = present.some((visit) => !this.#members.includes(visit));
    this.#members = present;
    this.#hands = this.#hands.filter((visit) => present.includes(visit));
    if (hasNew && this.#hands.includes(this.#own)) void this.#say({ kind: "hand", up: true });
    this.#changed();
  }

  clear(): void {
    this.#lines = [];
    this.#hands = [];
    this.#reactions = new Map();
    this.#code.release();
    this.#changed();
  }

  /** False when it could not leave: what was typed stays where it is. */
  async write(text: string, toHosts: boolean): Promise<boolean> {
    const left = await this.#say({ kind: "chat", text }, toHosts ? "hosts" : "everybody");
    if (left) this.#note({ alias: this.#alias, text, own: true, toHosts });
    return left;
  }

  raise(up: boolean): void {
    this.#hand(this.#own, up);
    void this.#say({ kind: "hand", up });
  }

  react(reaction: Reaction): void {
    this.#show(this.#own, reaction);
    void this.#say({ kind: "reaction", reaction });
  }

  compare(on: boolean): void {
    this.#freeze(on);
    void this.#say({ kind: "compare", on });
  }

  hear({ from, text, toHosts }: Said): void {
    const word = parse(text);
    if (!word) return;
    if (word.kind === "chat") {
      this.#note({ alias: from.alias, text: word.text, own: false, toHosts });
    } else if (word.kind === "hand") {
      this.#hand(from.admission, word.up);
    } else if (word.kind === "reaction") {
      this.#show(from.admission, word.reaction);
    } else if (from.isHost) {
      this.#freeze(word.on);
    }
  }

  async #say(word: Word, to: "everybody" | "hosts" = "everybody"): Promise<boolean> {
    try {
      return await this.#speak(JSON.stringify(word), to);
    } catch {
      return false;
    }
  }

  #note(line: Omit<Line, "id" | "at">): void {
    this.#count += 1;
    const noted = { ...line, id: this.#count, at: Date.now() };
    this.#lines = [...this.#lines, noted].slice(-MOST_LINES);
    this.#changed();
  }

  #hand(visit: string, up: boolean): void {
    const others = this.#hands.filter((one) => one !== visit);
    const isUp = others.length < this.#hands.length;
    if (up === isUp) return;
    this.#hands = up ? [...others, visit] : others;
    this.#changed();
  }

  #show(visit: string, reaction: Reaction): void {
    this.#reactions = new Map(this.#reactions).set(visit, reaction);
    setTimeout(() => {
      const left = new Map(this.#reactions);
      left.delete(visit);
      this.#reactions = left;
      this.#changed();
    }, REACTION_SHOWN_MS);
    this.#changed();
  }

  #freeze(on: boolean): void {
    if (on) this.#code.freeze();
    else this.#code.release();
    this.#changed();
  }

  #changed(): void {
    this.onChange.emit(this.state);
  }
}

/** Members' browsers may send anything; what is not one of our words is not heard. */
export function parse(text: string): Word | null {
  try {
    const word = JSON.parse(text) as Record<string, unknown>;
    const { kind } = word;
    if (kind === "chat" && typeof word.text === "string") {
      return { kind, text: word.text.slice(0, LONGEST_LINE) };
    }
    if (kind === "hand" && typeof word.up === "boolean") return { kind, up: word.up };
    if (kind === "compare" && typeof word.on === "boolean") return { kind, on: word.on };
    const reaction = REACTIONS.find((one) => one === word.reaction);
    return kind === "reaction" && reaction ? { kind, reaction } : null;
  } catch {
    return null;
  }
}
