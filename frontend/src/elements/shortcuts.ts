/** Single keys for what must be fast. They can be switched off (WCAG 2.1.4) and never type over. */
import { make } from "./build";
import { explain, paragraph } from "./dialog";

export type Shortcut = "mic" | "camera" | "private" | "who" | "keys";

const KEYS: Readonly<Record<string, Shortcut>> = {
  m: "mic",
  v: "camera",
  p: "private",
  w: "who",
  "?": "keys",
};

const WORDS: readonly (readonly [string, string])[] = [
  ["m", "Microphone on or off"],
  ["v", "Camera on or off"],
  ["p", "Not private now: nobody hears or sees you"],
  ["w", "Who sees me"],
  ["?", "This list"],
];

const STORE_KEY = "quietroom.shortcuts";

export function shortcutFor(event: KeyboardEvent): Shortcut | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return null;
  if (sessionStorage.getItem(STORE_KEY) === "off" || isBusy(event.target)) return null;
  return KEYS[event.key.toLowerCase()] ?? null;
}

function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open]")) return true;
  return target instanceof Element && target.closest("input, select, textarea") !== null;
}

export function explainShortcuts(): void {
  const check = make("input", { attributes: { type: "checkbox" } });
  check.checked = sessionStorage.getItem(STORE_KEY) !== "off";
  check.addEventListener("change", () =>
    sessionStorage.setItem(STORE_KEY, check.checked ? "on" : "off"),
  );
  explain(
    "Shortcuts",
    make(
      "dl",
      { class: "definition" },
      ...WORDS.flatMap(([key, text]) => [
        make("dt", {}, make("kbd", { text: key })),
        make("dd", { text }),
      ]),
    ),
    make("label", { class: "cluster" }, check, "Use single keys"),
    paragraph("Tab moves between buttons, Enter presses them, Escape closes a dialog."),
  );
}
