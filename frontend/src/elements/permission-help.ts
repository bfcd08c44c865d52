/** What helps when a camera or microphone does not open: one short list for each cause. */
import type { LocalSource, Problem } from "../room/media";

export type Platform = "iphone" | "android" | "mac" | "windows" | "other";

export interface Help {
  readonly title: string;
  readonly steps: readonly string[];
}

const NAMES: Readonly<Record<LocalSource, string>> = { mic: "microphone", camera: "camera" };

export function platformOf(userAgent: string, touchPoints = 0): Platform {
  if (/iPhone|iPad|iPod/.test(userAgent)) return "iphone";
  if (/Android/.test(userAgent)) return "android";
  if (/Macintosh/.test(userAgent)) return touchPoints > 1 ? "iphone" : "mac";
  return /Windows/.test(userAgent) ? "windows" : "other";
}

export function helpFor(source: LocalSource, problem: Problem, platform: Platform): Help {
  const name = NAMES[source];
  switch (problem) {
    case "denied":
      return { title: `Your browser may not use the ${name}.`, steps: allow(name, platform) };
    case "busy":
      return {
        title: `Another program is using the ${name}.`,
        steps: ["Close other calls and camera apps, also in other tabs.", "Then try again."],
      };
    case "missing":
      return {
        title: `No ${name} was found.`,
        steps: ["Plug it in, or open its cover or switch.", "Then try again."],
      };
    case "unsupported":
      return {
        title: `This browser cannot use a ${name} here.`,
        steps: ["Use a current Chrome, Edge, Firefox or Safari.", "Open the page over https."],
      };
    case "unknown":
      return {
        title: `The ${name} did not start.`,
        steps: ["Try again. If it still fails, restart the browser."],
      };
  }
}

function allow(name: string, platform: Platform): readonly string[] {
  const again = "Come back here and try again.";
  switch (platform) {
    case "iphone":
      return [`Open Settings, then your browser, and allow the ${name}.`, again];
    case "android":
      return [
        "Tap the sign beside the address, then Permissions.",
        `Allow the ${name}. If it is not listed: Settings, Apps, your browser, Permissions.`,
        again,
      ];
    case "mac":
      return [
        `Click the sign beside the address and allow the ${name}.`,
        `Also look in System Settings, Privacy & Security, ${capital(name)}.`,
        again,
      ];
    case "windows":
      return [
        `Click the sign beside the address and allow the ${name}.`,
        `Also look in Settings, Privacy & security, ${capital(name)}.`,
        again,
      ];
    case "other":
      return [`Click the sign beside the address and allow the ${name}.`, again];
  }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
