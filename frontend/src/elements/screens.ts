/** Whole screens in place of the room: each says what happened and what to do next. */
import type { Closed, ErrorMessage, SecondDevice } from "../room/protocol.gen";
import type { RoomSession } from "../room/session";
import { button, type Child, make, rest } from "./build";
import { crisisLines } from "./crisis-lines";

export function connectingScreen(): HTMLElement {
  return screen("One moment", [make("p", { text: "We are connecting you." })], []);
}

export function lostScreen(session: RoomSession): HTMLElement {
  return screen(
    "We cannot reach the server",
    [make("p", { text: "We keep trying. Check that this device is online." })],
    [button("Try now", "primary", () => session.retryNow())],
  );
}

/** The server let the connection in, but not the person, and said why. */
export function refusedScreen(
  refusal: ErrorMessage,
  session: RoomSession,
  home: string,
): HTMLElement {
  const again = button("Ask again", "primary", () => session.askAgain());
  return screen(
    refusal.text,
    [make("p", { text: refusal.next })],
    [again, link("Leave", home, "")],
  );
}

export function awayScreen(session: RoomSession, lock: (() => void) | null): HTMLElement {
  const text =
    "Nobody hears or sees you, and nothing of the group is shown or heard here. Your place is kept.";
  const back = button("I am back and private", "primary", () =>
    session.wish({ away: false, notPrivate: false }),
  );
  back.dataset.act = "back";
  return screen(
    "You have stepped away",
    [make("p", { text })],
    [back, lock && button("Lock this screen", "", lock)],
  );
}

export function unsupportedScreen(home: string): HTMLElement {
  return screen(
    "This browser cannot join",
    [
      make("p", {
        text: "It cannot make calls, or cannot encrypt them end to end. What works: Chrome or Edge from version 141, Firefox from 130, Safari from 17.",
      }),
      make("p", { text: "You can also use another device." }),
    ],
    [link("Back to start", home)],
  );
}

export function secondDeviceScreen(
  { url, factor_is_fresh }: SecondDevice,
  session: RoomSession,
  home: string,
): HTMLElement {
  const takeOver = button("Continue here", "primary", () => {
    session.takeOver();
    rest(takeOver);
  });
  takeOver.dataset.act = "take-over";
  return screen(
    "You are already in on another device",
    [
      make("p", {
        text: "One person has one place. If you continue here, the other device leaves.",
      }),
      !factor_is_fresh && make("p", { text: "First show once more that it is you." }),
    ],
    [factor_is_fresh ? takeOver : link("Show that it is me", url), link("Stay there", home, "")],
  );
}

export function closedScreen(closed: Closed, home: string): HTMLElement {
  return screen(
    closed.title,
    [make("p", { text: closed.body }), crisisLines()],
    [link("Continue", closed.next_url || home)],
  );
}

function link(text: string, href: string, style = "button--primary"): HTMLAnchorElement {
  return make("a", { class: `button ${style}`, text, attributes: { href } });
}

function screen(title: string, body: readonly Child[], acts: readonly Child[]): HTMLElement {
  return make(
    "section",
    { class: "screen" },
    make("h2", { class: "screen__title", text: title, attributes: { tabindex: "-1" } }),
    make("div", { class: "prose" }, ...body),
    make("div", { class: "cluster" }, ...acts),
  );
}
