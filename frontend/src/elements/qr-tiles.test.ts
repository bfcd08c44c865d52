import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { say, sessionWith, stubBrowser, unstubBrowser } from "../testing/session";
import { ANA, BEN, snapshot, THEA } from "../testing/snapshots";
import { QrTiles } from "./qr-tiles";
import { initial } from "./tile";

customElements.define("qr-tiles", QrTiles);

const BEN_SEEN = {
  type: "slots",
  slots: [
    { mid: "18", source: "camera", seat: 3 },
    { mid: "3", source: "mic", seat: 3 },
  ],
};

let tiles: QrTiles;

beforeEach(() => {
  stubBrowser();
  tiles = new QrTiles();
  document.body.append(tiles);
});

afterEach(unstubBrowser);

function tile(seat: number): HTMLElement {
  return tiles.querySelector(`[data-seat="${seat}"]`) as HTMLElement;
}

function trackIn(element: HTMLMediaElement | null): string | undefined {
  return (element?.srcObject as MediaStream | null)?.getTracks()[0]?.id;
}

async function show(...seats: (typeof ANA)[]): Promise<void> {
  const session = await sessionWith(snapshot({ seats }));
  await say(BEN_SEEN);
  tiles.show(session.state, session);
}

test("tiles stand by seat number, each with alias and initial", async () => {
  await show(BEN, ANA, THEA);
  const aliases = [...tiles.querySelectorAll(".tile__alias")].map((one) => one.textContent);
  expect(aliases).toEqual(["Thea", "Ana (you)", "Ben"]);
  expect(tiles.querySelector("ul")?.dataset.count).toBe("3");
  expect(tile(3).querySelector(".tile__avatar")?.textContent).toBe("B");
});

test("a tile that was not measured yet is not said to be unseen", async () => {
  await show(THEA, ANA, BEN);
  expect([...tiles.shown().values()]).not.toContain(0);
});

test("nobody looks at a page that is hidden", async () => {
  await show(THEA, ANA, BEN);
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  const said = vi.fn();
  tiles.addEventListener("looked", said);
  document.dispatchEvent(new Event("visibilitychange"));
  expect(said).toHaveBeenCalled();
  expect([...tiles.shown()]).toEqual([
    [1, 0],
    [2, 0],
    [3, 0],
  ]);
  vi.restoreAllMocks();
});

test("the own picture is mirrored and without sound, another's has both", async () => {
  await show(THEA, ANA, BEN);
  expect(tile(2).querySelector("video")?.className).toContain("tile__video--own");
  expect(tile(2).querySelector("audio")?.srcObject).toBeNull();
  expect(trackIn(tile(3).querySelector("video"))).toBe("track 18");
  expect(trackIn(tile(3).querySelector("audio"))).toBe("track 3");
  expect(tile(3).dataset.video).toBe("on");
  expect(tile(1).dataset.video).toBe("off");
});

test("somebody removed leaves no picture and no sound behind", async () => {
  const session = await sessionWith(snapshot({ seats: [THEA, ANA, BEN] }));
  await say(BEN_SEEN);
  tiles.show(session.state, session);
  const gone = tile(3);
  await say(snapshot({ seats: [THEA, ANA] }));
  tiles.show(session.state, session);
  expect(tile(3)).toBeNull();
  expect(gone.querySelector("video")?.srcObject).toBeNull();
  expect(gone.querySelector("audio")?.srcObject).toBeNull();
});

test("a line that is mapped to nobody shows nobody", async () => {
  const session = await sessionWith(snapshot({ seats: [THEA, ANA, BEN] }));
  await say(BEN_SEEN);
  tiles.show(session.state, session);
  await say({ type: "slots", slots: [] });
  tiles.show(session.state, session);
  expect(tile(3).querySelector("video")?.srcObject).toBeNull();
  expect(tile(3).dataset.video).toBe("off");
});

test.each([
  [{ private: false }, "private", "Not private now"],
  [{ away: true }, "away", "Stepped away"],
  [{ connected: false }, "reconnecting", "Coming in…"],
])("%o is shown over the tile", async (change, state, words) => {
  await show(THEA, ANA, { ...BEN, ...change });
  expect(tile(3).dataset.state).toBe(state);
  expect(tile(3).querySelector(".tile__veil")?.textContent).toBe(words);
});

test("somebody who was there before is reconnecting, not coming in", async () => {
  const session = await sessionWith(snapshot({ seats: [THEA, ANA, BEN] }));
  tiles.show(session.state, session);
  await say(snapshot({ seats: [THEA, ANA, { ...BEN, connected: false }] }));
  tiles.show(session.state, session);
  expect(tile(3).querySelector(".tile__veil")?.textContent).toBe("Reconnecting…");
});

test("away from the screen nothing of the others is shown or heard", async () => {
  const session = await sessionWith(snapshot({ seats: [THEA, ANA, BEN] }));
  await say(BEN_SEEN);
  session.wish({ away: true });
  tiles.show(session.state, session);
  expect(tile(3).querySelector("video")?.srcObject).toBeNull();
  expect(tile(3).querySelector("audio")?.srcObject).toBeNull();
});

test("sound only keeps the sound", async () => {
  const session = await sessionWith(snapshot({ seats: [THEA, ANA, BEN] }));
  await say(BEN_SEEN);
  session.wish({ audioOnly: true });
  tiles.show(session.state, session);
  expect(tile(3).querySelector("video")?.srcObject).toBeNull();
  expect(trackIn(tile(3).querySelector("audio"))).toBe("track 3");
});

test("decoded frames and heard samples are counted on the tile of their source", async () => {
  const session = await sessionWith(snapshot({ seats: [THEA, ANA, BEN] }));
  await say(BEN_SEEN);
  const line = { framesDecoded: 0, audioSamples: 0, audioLevel: 0 };
  tiles.read(
    {
      lines: new Map([
        ["18", { ...line, framesDecoded: 12 }],
        ["3", { ...line, audioSamples: 480, audioLevel: 0.2 }],
        ["19", { ...line, framesDecoded: 99 }],
      ]),
      ownLevel: 0,
    },
    session.state,
  );
  tiles.show(session.state, session);
  expect(tile(3).dataset).toMatchObject({
    framesDecoded: "12",
    audioSamples: "480",
    speaking: "true",
  });
  expect(tile(1).dataset.framesDecoded).toBe("0");
});

test("a muted microphone is said in words, not by colour alone", async () => {
  await show(THEA, ANA, { ...BEN, mic: false });
  expect(tile(3).querySelector(".tile__marks")?.textContent).toBe("microphone off");
  expect(tile(1).querySelector(".tile__marks")?.textContent).toBe("therapist");
});

test("a name is text, whatever it holds", async () => {
  await show(THEA, ANA, { ...BEN, alias: "<img src=x onerror=alert(1)>" });
  expect(tile(3).querySelector("img")).toBeNull();
  expect(tile(3).querySelector(".tile__alias")?.textContent).toContain("<img");
});

test("an initial is a whole character", () => {
  expect(initial("ana")).toBe("A");
  expect(initial(" émile")).toBe("É");
  expect(initial("👩‍👧 two")).toBe("👩‍👧");
  expect(initial("")).toBe("?");
});

test("whoever hides their own picture is told that others still see it", async () => {
  const seats = [THEA, ANA, BEN];
  const session = await sessionWith(snapshot({ seats, own: { self_view: false } }));
  session.wish({ camera: true });
  await vi.waitFor(() => expect(session.ownTrack("camera")).not.toBeNull());
  tiles.show(session.state, session);
  expect(tile(2).dataset.video).toBe("off");
  expect(tile(2).querySelector("video")?.srcObject).toBeNull();
  expect(tile(2).querySelector(".tile__veil")?.textContent).toBe(
    "Your camera is on. Others see you.",
  );
  session.wish({ selfView: true });
  tiles.show(session.state, session);
  expect(tile(2).dataset.video).toBe("on");
  expect(tile(2).querySelector(".tile__veil")?.textContent).toBe("");
});

test("sound only is said, and nothing of why", async () => {
  await show(THEA, ANA, { ...BEN, mode: "audio", camera: false });
  expect(tile(3).querySelector(".tile__marks")?.textContent).toBe("sound only");
});
