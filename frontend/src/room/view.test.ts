import { expect, test } from "vitest";
import { initialState, type RoomState } from "./store";
import { viewOf, WIDE } from "./view";

function seated(wishes: Partial<RoomState["wishes"]> = {}): RoomState {
  const own = { admission: "connected", seat: 1 };
  return {
    ...initialState(wishes),
    snapshot: { own } as unknown as RoomState["snapshot"],
    slots: [
      { mid: "3", source: "mic", seat: 2 },
      { mid: "18", source: "camera", seat: 2 },
      { mid: "19", source: "camera", seat: 3 },
      { mid: "33", source: "screen", seat: 2 },
    ],
  };
}

test("each line says how wide its tile is", () => {
  const shown = new Map([
    [2, 480],
    [3, 0],
  ]);
  const widths = viewOf(seated(), shown);
  expect(widths).toHaveLength(16);
  expect(widths.slice(0, 3)).toEqual([480, 0, WIDE]);
  expect(widths[15]).toBe(WIDE);
});

test("a newcomer whose tile is not there yet is wanted at once", () => {
  expect(viewOf(seated(), new Map())[0]).toBe(WIDE);
});

test.each([{ audioOnly: true }, { away: true }])("nobody looks: %o", (wishes) => {
  expect(viewOf(seated(wishes), new Map([[2, 480]]))).toEqual(Array(16).fill(0));
});

test("who waits looks at nobody", () => {
  expect(viewOf(initialState(), new Map())).toEqual(Array(16).fill(0));
});
