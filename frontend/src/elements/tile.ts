/** One person's place in the circle: picture or initial, name, marks, and their sound. */
import type { SeatView } from "../room/protocol.gen";
import type { Reaction } from "../room/talk";
import type { Total } from "../room/tally";
import { hidden, icon, make, type Part, setData, setText } from "./build";
import { REACTION_WORDS } from "./qr-talk";

export interface TileView {
  readonly seat: SeatView;
  readonly own: boolean;
  readonly picture: MediaStreamTrack | null;
  /** The own picture, which its owner does not want to look at. */
  readonly isHidden: boolean;
  readonly sound: MediaStreamTrack | null;
  /** What came from them so far; nobody receives themselves. */
  readonly arrived: Total | null;
  readonly isSpeaking: boolean;
  /** Place in the order of raised hands, 0 for none. */
  readonly hand: number;
  readonly reaction: Reaction | null;
}

interface Mark {
  readonly icon: string;
  readonly words: string;
}

export class Tile implements Part<TileView> {
  readonly element: HTMLLIElement;
  readonly #video: HTMLVideoElement;
  readonly #audio = make("audio");
  readonly #avatar = make("span", { class: "tile__avatar", attributes: { "aria-hidden": "true" } });
  readonly #alias = make("span", { class: "tile__alias" });
  readonly #pronouns = make("span", { class: "tile__pronouns" });
  readonly #marks = make("span", { class: "tile__marks" });
  readonly #veil = make("div", { class: "tile__veil" });
  readonly #says = make("div", { class: "tile__says" });
  readonly #onSoundBlocked: () => void;
  #shownMarks = "";
  #wasConnected = false;

  constructor(own: boolean, speaker: string, onSoundBlocked: () => void) {
    this.#onSoundBlocked = onSoundBlocked;
    this.#video = make("video", { class: own ? "tile__video tile__video--own" : "tile__video" });
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.autoplay = true;
    this.#video.disablePictureInPicture = true;
    this.#video.tabIndex = -1;
    this.#video.setAttribute("aria-hidden", "true");
    if (speaker && "setSinkId" in this.#audio) void this.#audio.setSinkId(speaker).catch(() => {});
    const caption = make(
      "div",
      { class: "tile__caption" },
      this.#alias,
      this.#pronouns,
      this.#marks,
    );
    this.element = make(
      "li",
      { class: "tile" },
      this.#video,
      this.#audio,
      this.#avatar,
      this.#veil,
      this.#says,
      caption,
    );
  }

  update(view: TileView): void {
    const { seat, own } = view;
    const data = this.element;
    setData(data, "seat", String(seat.seat));
    setData(data, "own", String(own));
    this.#wasConnected ||= seat.connected;
    setData(data, "state", stateOf(seat));
    setData(data, "video", pictureShown(view) ? "on" : "off");
    setText(this.#alias, own ? `${seat.alias} (you)` : seat.alias);
    setText(this.#pronouns, seat.pronouns);
    setText(this.#avatar, initial(seat.alias));
    setText(this.#veil, veil(seat, this.#wasConnected) || hiddenWords(view));
    setText(this.#says, says(view));
    this.#showMarks(marks(seat));
    attach(this.#video, pictureShown(view) ? view.picture : null);
    attach(this.#audio, own ? null : view.sound);
    void this.play();
    this.#showArrived(view);
  }

  /** Browsers may refuse sound until the person has touched the page. */
  async play(): Promise<void> {
    if (!this.#audio.srcObject || !this.#audio.paused) return;
    try {
      await this.#audio.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#onSoundBlocked();
    }
  }

  /** A removed person's last picture must not stay behind. */
  end(): void {
    attach(this.#video, null);
    attach(this.#audio, null);
  }

  #showArrived({ arrived, isSpeaking }: TileView): void {
    if (!arrived) return;
    setData(this.element, "framesDecoded", String(arrived.frames));
    setData(this.element, "audioSamples", String(arrived.samples));
    setData(this.element, "speaking", String(isSpeaking));
  }

  #showMarks(shown: readonly Mark[]): void {
    const key = shown.map((mark) => mark.words).join();
    if (key === this.#shownMarks) return;
    this.#shownMarks = key;
    this.#marks.replaceChildren(
      ...shown.map((mark) =>
        make("span", { class: "tile__mark" }, icon(mark.icon), hidden(mark.words)),
      ),
    );
  }
}

function pictureShown(view: TileView): boolean {
  return isSeen(view) && !view.isHidden;
}

function isSeen({ seat, own, picture }: TileView): boolean {
  return picture !== null && (own || seat.camera) && seat.private && !seat.away;
}

/** Whoever hides their own picture still has to know that others see it. */
function hiddenWords(view: TileView): string {
  return view.isHidden && isSeen(view) ? "Your camera is on. Others see you." : "";
}

function stateOf(seat: SeatView): string {
  if (!seat.connected) return "reconnecting";
  if (seat.away) return "away";
  return seat.private ? "connected" : "private";
}

function veil(seat: SeatView, wasConnected: boolean): string {
  const words: Record<string, string> = {
    reconnecting: wasConnected ? "Reconnecting…" : "Coming in…",
    away: "Stepped away",
    private: "Not private now",
  };
  return words[stateOf(seat)] ?? "";
}

function says({ hand, reaction }: TileView): string {
  if (reaction) return REACTION_WORDS[reaction];
  return hand > 0 ? `Hand up · ${hand}` : "";
}

function marks(seat: SeatView): Mark[] {
  const found: Mark[] = [];
  if (seat.role === "host") found.push({ icon: "shield", words: "therapist" });
  if (seat.role === "cohost") found.push({ icon: "shield", words: "co-therapist" });
  if (seat.role === "observer") found.push({ icon: "ear", words: "observer" });
  if (seat.mode === "audio") found.push({ icon: "camera-off", words: "sound only" });
  if (seat.mode === "text") found.push({ icon: "ear", words: "listens only" });
  else if (!seat.mic) found.push({ icon: "mic-off", words: "microphone off" });
  return found;
}

export function initial(alias: string): string {
  const first = new Intl.Segmenter(undefined, { granularity: "grapheme" })
    .segment(alias.trim())
    [Symbol.iterator]()
    .next().value;
  return (first?.segment ?? "?").toLocaleUpperCase();
}

function attach(media: HTMLMediaElement, track: MediaStreamTrack | null): void {
  const shown = media.srcObject instanceof MediaStream ? media.srcObject.getTracks()[0] : null;
  if (track === (shown ?? null)) return;
  media.srcObject = track ? new MediaStream([track]) : null;
}
