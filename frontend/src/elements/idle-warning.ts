/** "Are you still there?": stands over the page for its last minute. */
import { button, make, setText } from "./build";

export class IdleWarning {
  readonly #left = make("p", { attributes: { role: "timer" } });
  readonly #dialog: HTMLDialogElement;

  constructor(stay: () => void) {
    const here = button("I am here", "primary", stay);
    here.autofocus = true;
    this.#dialog = make(
      "dialog",
      {
        class: "dialog",
        attributes: { "aria-label": "Are you still there?", lang: "en", dir: "ltr" },
      },
      make("h2", { text: "Are you still there?" }),
      this.#left,
      make("div", { class: "dialog__acts cluster" }, here),
    );
    this.#dialog.addEventListener("close", stay);
  }

  get isShown(): boolean {
    return this.#dialog.open;
  }

  show(seconds: number): void {
    setText(this.#left, `This page locks in ${seconds} seconds, to keep it from other eyes.`);
    if (this.#dialog.open) return;
    document.body.append(this.#dialog);
    this.#dialog.showModal();
  }

  hide(): void {
    if (this.#dialog.open) this.#dialog.close();
    this.#dialog.remove();
  }
}
