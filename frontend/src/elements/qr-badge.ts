/** What protects sound and picture now: one of two wordings, and what each means and does not. */
import { hasKeys, isEndToEnd, isSeated, type RoomState } from "../room/store";
import { button, icon, make, setText } from "./build";
import { explain, paragraph } from "./dialog";

const END_TO_END = "end-to-end encrypted";
const SERVER_ONLY = "encrypted to the server only";

export class QrBadge extends HTMLElement {
  readonly #words = make("span");
  readonly #button = make(
    "button",
    {
      class: "badge badge--neutral",
      data: { act: "badge" },
      attributes: { type: "button", "aria-haspopup": "dialog" },
      click: () => this.#explain(),
    },
    icon("lock"),
    this.#words,
  );
  #isEndToEnd = false;

  connectedCallback(): void {
    this.replaceChildren(this.#button);
  }

  /** Nothing is claimed while nothing is sent: not before the keys are there. */
  show(state: RoomState): void {
    this.#isEndToEnd = isEndToEnd(state);
    this.hidden = !state.snapshot || (this.#isEndToEnd && !(isSeated(state) && hasKeys(state)));
    const words = this.#isEndToEnd ? END_TO_END : SERVER_ONLY;
    setText(this.#words, words.charAt(0).toUpperCase() + words.slice(1));
  }

  #explain(): void {
    if (this.#isEndToEnd) explainEndToEnd(() => this.dispatchEvent(new Event("showcode")));
    else explainServerOnly();
  }
}

function explainEndToEnd(showCode: () => void): void {
  const dialog = explain(
    "How sound and picture are protected",
    paragraph(
      "Your device seals sound, picture and chat before they leave it. Only the people in the room can open them; the server passes them on and cannot.",
    ),
    paragraph(
      "The keys change whenever somebody comes or goes: whoever has left opens nothing that follows, and newcomers nothing that was before.",
    ),
    paragraph(
      "It does not protect against somebody who films a screen, a device that is spied on, or a server that would send other programs to your browser. Who meets whom, and when, the server knows.",
    ),
    button("Show the safety code", "", () => {
      dialog.close();
      showCode();
    }),
  );
}

function explainServerOnly(): void {
  explain(
    "How sound and picture are protected",
    paragraph(
      "Between your device and our server, and from there to each person in the room, everything is encrypted. Nobody on your network can listen.",
    ),
    paragraph(
      "The server passes sound and picture on. It does not record and does not decode them. But it could: in this group, end-to-end encryption is off.",
    ),
    paragraph(
      "No technology can stop somebody from filming a screen. The group's agreement forbids it.",
    ),
  );
}
