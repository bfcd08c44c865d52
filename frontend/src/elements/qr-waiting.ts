/** The waiting room: who sees what, whether anybody is there, and what to do meanwhile. */
import type { RoomSession } from "../room/session";
import { isHost, type RoomState } from "../room/store";
import { button, make, rest, setText } from "./build";
import { crisisLines } from "./crisis-lines";
import { initial } from "./tile";

interface Words {
  readonly title: string;
  readonly lines: readonly string[];
}

export class QrWaiting extends HTMLElement {
  readonly #video = make("video", { attributes: { "aria-hidden": "true" } });
  readonly #avatar = make("span", { class: "tile__avatar", attributes: { "aria-hidden": "true" } });
  readonly #heading = make("h2", { attributes: { tabindex: "-1" } });
  readonly #lines = make("div", { class: "stack waiting__lines" });
  readonly #facts = make("dl", { class: "definition waiting__facts" });
  readonly #open = button("Open the doors", "primary", () => this.#openDoors());
  #session: RoomSession | null = null;
  #shown = "";

  connectedCallback(): void {
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.autoplay = true;
    this.#open.dataset.act = "open-doors";
    this.replaceChildren(
      make(
        "section",
        { class: "waiting" },
        make("div", { class: "waiting__preview" }, this.#avatar, this.#video),
        make("div", { class: "waiting__words" }, this.#heading, this.#lines),
        this.#facts,
        make("div", { class: "cluster" }, this.#open),
        crisisLines(),
      ),
    );
  }

  show(state: RoomState, session: RoomSession): void {
    this.#session = session;
    this.#showPreview(state, session);
    this.#open.hidden = !isHost(state);
    setText(this.#open, state.snapshot?.session.state === "scheduled" ? "Open the doors" : "Go in");
    const words = isHost(state) ? hostWords(state) : memberWords(state);
    const facts = factsOf(state);
    const key = JSON.stringify([words, facts]);
    if (key === this.#shown) return;
    this.#shown = key;
    setText(this.#heading, words.title);
    this.#lines.replaceChildren(...words.lines.map((line) => make("p", { text: line })));
    this.#facts.replaceChildren(
      ...facts.flatMap(([term, text]) => [make("dt", { text: term }), make("dd", { text })]),
    );
  }

  focusHeading(): void {
    this.#heading.focus();
  }

  clear(): void {
    this.#video.srcObject = null;
  }

  #openDoors(): void {
    if (this.#session?.say({ type: "open_doors" })) rest(this.#open);
  }

  #showPreview(state: RoomState, session: RoomSession): void {
    const track = session.ownTrack("camera");
    setText(this.#avatar, initial(state.snapshot?.own.alias ?? "?"));
    this.#avatar.hidden = track !== null;
    this.#video.hidden = track === null;
    const stream = this.#video.srcObject;
    const shown = stream instanceof MediaStream ? stream.getTracks()[0] : undefined;
    if (shown === (track ?? undefined)) return;
    this.#video.srcObject = track ? new MediaStream([track]) : null;
  }
}

function memberWords(state: RoomState): Words {
  const safe = "Nobody sees or hears you, and you see nobody else who waits.";
  if (state.snapshot?.own.was_not_added) {
    return {
      title: "It did not work yet",
      lines: [
        "The therapist let you in, but their browser could not give you a key in time.",
        `They see it and can try again. ${safe}`,
      ],
    };
  }
  if (state.wasReturned) {
    return {
      title: "The therapist asked you to wait",
      lines: [`You are in the waiting room again. ${safe}`, "You need not do anything."],
    };
  }
  const session = state.snapshot?.session;
  if (session?.locked && session.host_present) {
    return {
      title: "The session is closed to new arrivals",
      lines: ["The therapist knows that you are here.", safe],
    };
  }
  if (!session?.host_present) {
    return {
      title: "You are waiting. It has not started yet",
      lines: [`You are safe here. ${safe}`, "This page opens the room by itself."],
    };
  }
  return {
    title: "You are waiting",
    lines: ["The therapist is here and lets people in one by one.", safe],
  };
}

function hostWords(state: RoomState): Words {
  const waiting = state.snapshot?.host?.waiting.length ?? 0;
  const people = waiting === 1 ? "One person waits." : `${waiting} people wait.`;
  return {
    title: "Your session is ready",
    lines: [
      waiting === 0 ? "Nobody waits yet." : people,
      "Nobody comes in before you let them in.",
    ],
  };
}

function factsOf(state: RoomState): [string, string][] {
  const { snapshot } = state;
  if (!snapshot) return [];
  const facts: [string, string][] = [["Planned start", clock(snapshot.session.opens_at)]];
  if (isHost(state)) return facts;
  return [
    ["The therapist sees", `your verified name, and “${snapshot.own.alias}”`],
    ["The group will see", `“${snapshot.own.alias}”`],
    ...facts,
    ["Your therapist", snapshot.session.host_present ? "is here" : "is not here yet"],
  ];
}

function clock(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime())
    ? "not known"
    : at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}
