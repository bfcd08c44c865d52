/**
 * Asks this browser whether it can encrypt end to end and tells the form around it.
 *
 * With `data-goes-on` the form has no other question: a browser that can goes straight on.
 */
import { missing } from "../e2ee/support";

export class QrEncrypts extends HTMLElement {
  connectedCallback(): void {
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const able = (await missing()).length === 0;
    const form = this.closest("form");
    const answer = form?.querySelector<HTMLInputElement>('input[name="encrypts"]');
    if (answer) answer.value = able ? "true" : "";
    this.#show("asking", false);
    this.#show("cannot", !able);
    if (able && "goesOn" in this.dataset) form?.requestSubmit();
  }

  #show(part: string, shown: boolean): void {
    const found = this.querySelector<HTMLElement>(`[data-part="${part}"]`);
    if (found) found.hidden = !shown;
  }
}
