/** What can be wrong with keys, in plain words, each with its next step. */
import type { Trouble } from "../e2ee";
import { isEndToEnd, isHost, isSeated, type RoomState } from "../room/store";
import type { Notice } from "./notices";

const reload = { text: "Load this page again", act: () => location.reload() };

const TROUBLES: Readonly<Record<Trouble, Omit<Notice, "key">>> = {
  "other-tab": {
    tone: "warn",
    title: "The keys of this session are in use in another tab.",
    lines: ["Close the other tab, then go on here. Nobody hears or sees you meanwhile."],
    acts: [{ ...reload, text: "Go on here" }],
  },
  "lost-state": {
    tone: "warn",
    title: "This browser has lost its key for the room.",
    lines: ["Your therapist's browser makes a new one. Nobody hears or sees you meanwhile."],
    acts: [],
  },
  "refused-commit": {
    tone: "danger",
    title: "A change of keys came that nobody was allowed to make.",
    lines: ["Nobody hears or sees you now. Call your therapist if it happens again."],
    acts: [reload],
  },
  "missing-commit": {
    tone: "warn",
    title: "A change of keys has not arrived yet.",
    lines: ["Nobody hears or sees you until it is here; then it goes on by itself."],
    acts: [reload],
  },
  "clear-media": {
    tone: "danger",
    title: "Your sound or picture was stopped: it would have left unencrypted.",
    lines: ["Update your browser, or take another one."],
    acts: [reload],
  },
};

export function keyNotices(state: RoomState): Notice[] {
  if (!isEndToEnd(state) || !isSeated(state)) return [];
  const { trouble, view } = state.keys ?? { trouble: null, view: null };
  if (trouble) return [{ key: `keys-${trouble}`, ...TROUBLES[trouble] }];
  return view ? [] : [preparing(isHost(state))];
}

function preparing(host: boolean): Notice {
  const line = host
    ? "A moment: this browser makes the keys of the room."
    : "A moment: the therapist's browser gives you your key.";
  const title = "Nobody hears or sees you yet.";
  return { key: "keys", tone: "info", title, lines: [line], acts: [] };
}
