/** Native dialogs: the browser keeps the focus inside and gives it back afterwards. */
import { button, type Child, make } from "./build";

export interface Question {
  readonly title: string;
  readonly body: readonly Child[];
  readonly act: string;
  readonly stay?: string;
  readonly danger?: boolean;
}

/** Asks once before something that cannot be taken back. The safe answer has the focus. */
export function ask(question: Question, act: () => void): void {
  const dialog = frame(question.title, question.body);
  const stay = button(question.stay ?? "Cancel", "", () => dialog.close());
  stay.autofocus = true;
  const go = button(question.act, question.danger ? "danger" : "primary", () => {
    dialog.close();
    act();
  });
  dialog.append(make("div", { class: "dialog__acts cluster" }, go, stay));
  open(dialog);
}

export function explain(title: string, ...body: readonly Child[]): HTMLDialogElement {
  const dialog = frame(title, body);
  const close = button("Close", "primary", () => dialog.close());
  close.autofocus = true;
  dialog.append(make("div", { class: "dialog__acts cluster" }, close));
  open(dialog);
  return dialog;
}

export function paragraph(text: string): HTMLParagraphElement {
  return make("p", { text });
}

/** A labelled choice for a dialog; `value()` is what is chosen now. */
export function choice<T extends string>(
  label: string,
  options: readonly (readonly [T, string])[],
): { element: HTMLElement; value: () => T } {
  const select = make("select");
  for (const [value, text] of options)
    select.append(make("option", { attributes: { value }, text }));
  const element = make(
    "label",
    { class: "field" },
    make("span", { class: "field__label", text: label }),
    select,
  );
  return { element, value: () => (options[select.selectedIndex] ?? options[0])?.[0] as T };
}

function frame(title: string, body: readonly Child[]): HTMLDialogElement {
  const heading = make("h2", { text: title });
  heading.id = `dialog-${crypto.randomUUID()}`;
  const dialog = make("dialog", {
    class: "dialog",
    attributes: { "aria-labelledby": heading.id },
  });
  dialog.append(heading, make("div", { class: "dialog__body stack" }, ...body));
  dialog.addEventListener("close", () => dialog.remove());
  return dialog;
}

function open(dialog: HTMLDialogElement): void {
  document.body.append(dialog);
  dialog.showModal();
}
