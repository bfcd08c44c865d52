/** The circle of tiles: by seat number, so that everybody sees the same order. */
import type { RoomSession } from "../room/session";
import { type Readings, SPEAKING_LEVEL } from "../room/stats";
import { aliasOf, circle, midOf, type RoomState, seesSelf } from "../room/store";
import { Tally } from "../room/tally";
import { KeyedList, make, setData } from "./build";
import { Looking } from "./looking";
import { Tile, type TileView } from "./tile";

export class QrTiles extends HTMLElement {
  readonly #list = make("ul", {
    class: "tiles",
    attributes: { "aria-label": "People in the room" },
  });
  readonly #tiles = new KeyedList<TileView, Tile>(
    this.#list,
    (view) => `${view.seat.seat}${view.own}`,
    (view) => new Tile(view.own, this.speaker, () => this.dispatchEvent(new Event("soundblocked"))),
  );
  readonly #tally = new Tally();
  /** The device chosen for sound; empty is the browser's own choice. */
  speaker = "";
  #readings: Readings | null = null;
  #looking: Looking | null = null;

  connectedCallback(): void {
    this.replaceChildren(this.#list);
    this.#looking ??= new Looking(() => this.dispatchEvent(new Event("looked")));
    this.#watch();
  }

  disconnectedCallback(): void {
    this.#looking?.stop();
    this.#looking = null;
  }

  /** How wide each seat is shown in device pixels; a tile not measured yet is left out. */
  shown(): Map<number, number> {
    const widths = new Map<number, number>();
    for (const { element } of this.#tiles.parts()) {
      const width = this.#looking?.width(element) ?? null;
      if (width !== null) widths.set(Number(element.dataset.seat), width);
    }
    return widths;
  }

  /** Away from the screen: no picture and no sound of the others. */
  show(state: RoomState, session: RoomSession): void {
    const views = circle(state).map((seat) => this.#view(seat.seat, state, session));
    this.#tiles.show(views.filter((view): view is TileView => view !== null));
    setData(this.#list, "count", String(views.length));
    this.#watch();
  }

  read(readings: Readings, state: RoomState): void {
    this.#readings = readings;
    this.#tally.keepOnly(new Set(circle(state).map((seat) => seat.seat)));
    this.#tally.take(readings, state.slots);
  }

  /** After a click, browsers let the sound play. */
  playAll(): void {
    for (const tile of this.#tiles.parts()) void tile.play();
  }

  clear(): void {
    this.#tiles.show([]);
  }

  #watch(): void {
    this.#looking?.watchOnly([...this.#tiles.parts()].map((tile) => tile.element));
  }

  #view(number: number, state: RoomState, session: RoomSession): TileView | null {
    const seat = state.snapshot?.seats.find((one) => one.seat === number);
    if (!seat) return null;
    const own = number === state.snapshot?.own.seat;
    const present = !state.wishes.away;
    const picture = own ? session.ownTrack("camera") : session.track(number, "camera");
    return {
      seat: { ...seat, alias: aliasOf(state, seat) },
      hand: (state.keys?.talk.hands.indexOf(seat.admission) ?? -1) + 1,
      reaction: state.keys?.talk.reactions.get(seat.admission) ?? null,
      own,
      picture: present && (own || !state.wishes.audioOnly) ? picture : null,
      isHidden: own && !seesSelf(state),
      sound: present && !own ? session.track(number, "mic") : null,
      arrived: own ? null : this.#tally.of(number),
      isSpeaking: !own && this.#isSpeaking(state, number),
    };
  }

  #isSpeaking(state: RoomState, seat: number): boolean {
    const line = this.#readings?.lines.get(midOf(state, seat, "mic") ?? "");
    return (line?.audioLevel ?? 0) > SPEAKING_LEVEL;
  }
}
