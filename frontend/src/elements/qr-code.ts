/**
 * The safety code: the same thirty digits on every screen, or somebody stands between.
 *
 * While people compare, the number stays as it was when the therapist began.
 */
import { spoken } from "../e2ee";
import type { RoomSession } from "../room/session";
import { circle, isHost, isSeated, type RoomState } from "../room/store";
import { button, make, setText } from "./build";
import { explain, paragraph } from "./dialog";

/** The first five are read by everybody. */
const OWN_PARTS = ["second", "third", "fourth", "fifth", "sixth"];

export class QrCode extends HTMLElement {
  readonly #title = make("h2", { class: "code__title", text: "Compare the safety code" });
  readonly #words = make("p");
  readonly #digits = make("ol", {
    class: "code__digits",
    attributes: { "aria-label": "Safety code" },
  });
  readonly #stale = make("p", {
    class: "code__stale",
    text: "Somebody came or left meanwhile. Compare once more.",
  });
  readonly #begin = button("Everybody reads the first five", "primary small", () =>
    this.#session?.talk?.compare(true),
  );
  readonly #done = button("It is the same", "primary small", () => this.#end());
  readonly #differs = button("It differs", "small", () => explainDifference());
  readonly #hide = button("Close", "small", () => this.#close());
  #session: RoomSession | null = null;
  #isOpen = false;
  #shown = "";

  connectedCallback(): void {
    this.#begin.dataset.act = "compare";
    this.#done.dataset.act = "compare-done";
    this.replaceChildren(
      make(
        "section",
        { class: "code", attributes: { "aria-label": "Safety code" } },
        this.#title,
        this.#words,
        this.#digits,
        this.#stale,
        make("div", { class: "cluster" }, this.#begin, this.#done, this.#differs, this.#hide),
      ),
    );
  }

  open(): void {
    this.#isOpen = true;
    if (this.#session) this.show(this.#session.state, this.#session);
    this.querySelector<HTMLElement>("button:not([hidden])")?.focus();
  }

  show(state: RoomState, session: RoomSession): void {
    this.#session = session;
    const talk = state.keys?.talk;
    const isComparing = talk?.isComparing ?? false;
    this.hidden = !isSeated(state) || !talk?.code || !(this.#isOpen || isComparing);
    if (this.hidden || !talk) return;
    const host = isHost(state);
    setText(this.#words, words(state, isComparing));
    this.#stale.hidden = !talk.isStale;
    this.#begin.hidden = !host || isComparing;
    this.#done.hidden = !host || !isComparing;
    this.#differs.hidden = !isComparing;
    this.#hide.hidden = isComparing;
    this.#showDigits(talk.code, isComparing ? ownPlace(state) + 1 : null);
  }

  #showDigits(code: string, own: number | null): void {
    const shown = `${code} ${own}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    const parts = spoken(code).map((five, index) =>
      make("li", { text: five, attributes: { "aria-current": String(index === own) } }),
    );
    this.#digits.replaceChildren(...parts);
  }

  #end(): void {
    this.#isOpen = false;
    this.#session?.talk?.compare(false);
  }

  #close(): void {
    this.#isOpen = false;
    if (this.#session) this.show(this.#session.state, this.#session);
  }
}

function words(state: RoomState, isComparing: boolean): string {
  if (!isComparing) {
    return isHost(state)
      ? "The same thirty digits stand on every screen. Hearing each other read them shows that nobody stands between you."
      : "The same thirty digits stand on every screen. The therapist can start to compare them aloud.";
  }
  const part = OWN_PARTS[ownPlace(state)];
  return `Everybody reads the first five aloud, and then five more: yours are the ${part}, marked here. All must be the same on every screen.`;
}

/** Each place in the circle reads another five. */
function ownPlace(state: RoomState): number {
  const place = circle(state).findIndex((seat) => seat.seat === state.snapshot?.own.seat);
  return Math.max(place, 0) % OWN_PARTS.length;
}

function explainDifference(): void {
  explain(
    "The numbers differ",
    paragraph("Then not everybody has the same keys: somebody may stand between you. Stop here."),
    paragraph(
      "Say nothing private. The therapist ends the session and calls you; tell your programme what you saw.",
    ),
  );
}
