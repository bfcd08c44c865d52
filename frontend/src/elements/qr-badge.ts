/** What protects sound and picture now, in the server's words, with what it means and does not. */
import { icon, make, setText } from "./build";
import { explain, paragraph } from "./dialog";

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

  connectedCallback(): void {
    this.replaceChildren(this.#button);
  }

  show(): void {
    setText(this.#words, "Encrypted to the server only");
  }

  #explain(): void {
    explain(
      "How sound and picture are protected",
      paragraph(
        "Between your device and our server, and from there to each person in the room, everything is encrypted. Nobody on your network can listen.",
      ),
      paragraph(
        "The server passes sound and picture on. It does not record and does not decode them.",
      ),
      paragraph(
        "But the server could: the keys are not yet with the group alone. When they are, this sign will say so.",
      ),
      paragraph(
        "No technology can stop somebody from filming a screen. The group's agreement forbids it.",
      ),
    );
  }
}
