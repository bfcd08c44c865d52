/**
 * What this page looks at, line by line: the relay sends nothing larger, and nothing at all where
 * nobody looks. A line that is still empty counts as wide, so that a newcomer is seen at once.
 */
import { AUDIO_SLOTS, VIDEO_SLOTS } from "./peer";
import { isSeated, type RoomState } from "./store";

const FIRST_MID = 3 + AUDIO_SLOTS;
/** The cameras' lines and one for a screen. */
const PICTURE_LINES = VIDEO_SLOTS + 1;
/** The camera's own width: more than that nobody sends. */
export const WIDE = 960;

/** `shown`: how wide each seat's tile is in device pixels, 0 while it is off screen. */
export function viewOf(state: RoomState, shown: ReadonlyMap<number, number>): number[] {
  const { away, audioOnly } = state.wishes;
  const looks = isSeated(state) && !away && !audioOnly;
  return Array.from({ length: PICTURE_LINES }, (_, line) => {
    if (!looks) return 0;
    const slot = state.slots.find(({ mid }) => mid === String(FIRST_MID + line));
    return slot?.source === "camera" ? (shown.get(slot.seat) ?? WIDE) : WIDE;
  });
}
