/** Chat and reactions beside the circle: sealed for the group, gone when the page is. */
import type { RoomSession } from "../room/session";
import { hasKeys, isHost, isSeated, type RoomState } from "../room/store";
import { type Line, LONGEST_LINE, LONGEST_NOTE, REACTIONS, type Reaction } from "../room/talk";
import { button, hidden, KeyedList, make, type Part } from "./build";

export const REACTION_WORDS: Readonly<Record<Reaction, string>> = {
  heart: "With you",
  thanks: "Thank you",
  agree: "Me too",
  breath: "Breathe",
};

export class QrTalk extends HTMLElement {
  readonly #list = make("ol", {
    class: "talk__lines",
    attributes: { role: "log", "aria-label": "Messages", tabindex: "0" },
  });
  readonly #lines = new KeyedList<Line>(
    this.#list,
    (line) => String(line.id),
    (line) => new LinePart(line),
  );
  readonly #empty = make("p", {
    class: "talk__empty",
    text: "Nothing yet. What is written here is sealed for the people in the room and is gone when you leave.",
  });
  readonly #input = make("textarea", {
    class: "talk__input",
    attributes: { rows: "2", "aria-label": "Your message", placeholder: "Write to the group" },
  });
  readonly #private = make("input", { attributes: { type: "checkbox", name: "to-hosts" } });
  readonly #privateLine = make(
    "label",
    { class: "talk__private" },
    this.#private,
    "Only to the therapist",
  );
  readonly #send = make("button", {
    class: "button button--primary button--small",
    text: "Send",
    data: { act: "send" },
    attributes: { type: "submit" },
  });
  readonly #failed = make("p", {
    class: "talk__failed",
    text: "It did not go out. Try again in a moment.",
    attributes: { role: "alert" },
  });
  #session: RoomSession | null = null;
  #shown = 0;

  connectedCallback(): void {
    this.#failed.hidden = true;
    const form = make(
      "form",
      { class: "talk__form" },
      this.#failed,
      this.#input,
      make("div", { class: "talk__acts" }, this.#privateLine, this.#send),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#write();
    });
    this.#input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      void this.#write();
    });
    this.#private.addEventListener("change", () => this.#limit());
    this.#limit();
    this.replaceChildren(
      make(
        "div",
        { class: "talk" },
        make("h2", { class: "talk__title", text: "Chat" }),
        this.#empty,
        this.#list,
        make("div", { class: "talk__reactions" }, ...REACTIONS.map((one) => this.#reaction(one))),
        form,
      ),
    );
  }

  show(state: RoomState, session: RoomSession): void {
    this.#session = session;
    const lines = state.keys?.talk.lines ?? [];
    this.#lines.show(lines);
    this.#empty.hidden = lines.length > 0;
    this.#privateLine.hidden = isHost(state);
    this.#send.disabled = !isSeated(state) || !hasKeys(state);
    if (lines.length !== this.#shown) this.#list.scrollTop = this.#list.scrollHeight;
    this.#shown = lines.length;
  }

  focusInput(): void {
    this.#input.focus();
  }

  #limit(): void {
    this.#input.maxLength = this.#private.checked ? LONGEST_NOTE : LONGEST_LINE;
  }

  async #write(): Promise<void> {
    const text = this.#input.value.trim();
    const talk = this.#session?.talk;
    if (!text || !talk || this.#send.disabled) return;
    this.#input.value = "";
    const left = await talk.write(text, this.#private.checked);
    this.#failed.hidden = left;
    if (!left && !this.#input.value) this.#input.value = text;
  }

  #reaction(reaction: Reaction): HTMLButtonElement {
    const made = button(REACTION_WORDS[reaction], "small", () =>
      this.#session?.talk?.react(reaction),
    );
    made.dataset.reaction = reaction;
    return made;
  }
}

class LinePart implements Part<Line> {
  readonly element: HTMLLIElement;

  constructor({ alias, text, own, toHosts, at }: Line) {
    const time = new Date(at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
    this.element = make(
      "li",
      { class: "talk__line", data: { own: String(own), private: String(toHosts) } },
      make(
        "p",
        { class: "talk__from" },
        own ? `${alias} (you)` : alias,
        make("span", { text: ` · ${time}` }),
        toHosts && make("span", { text: " · only the therapist" }),
      ),
      make("p", { class: "talk__text", text }),
      hidden(own ? "sent" : ""),
    );
  }

  /** What was said stays as it was said. */
  update(): void {}
}

/** How many messages came while the chat was closed. */
export class Unread {
  #seen = 0;

  count(state: RoomState, isOpen: boolean): number {
    const newest = state.keys?.talk.lines.at(-1)?.id ?? 0;
    if (isOpen || newest < this.#seen) this.#seen = newest;
    return newest - this.#seen;
  }
}
