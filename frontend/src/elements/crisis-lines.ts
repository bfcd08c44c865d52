/** Whom to call, one tap away wherever a person waits or is turned away. Nothing records a tap. */
import { make } from "./build";

export function crisisLines(): HTMLParagraphElement {
  return make(
    "p",
    { class: "crisis-lines" },
    "If you need somebody now, call or text ",
    number("988"),
    ". In an emergency, call ",
    number("911"),
    ".",
  );
}

function number(digits: string): HTMLAnchorElement {
  return make("a", { text: digits, attributes: { href: `tel:${digits}` } });
}
