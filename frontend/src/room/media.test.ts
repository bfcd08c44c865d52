import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeTrack } from "../testing/fake-media";
import { LocalMedia, problemOf } from "./media";

let ask: ReturnType<typeof vi.fn<(wanted: MediaStreamConstraints) => Promise<MediaStream>>>;
let media: LocalMedia;
let deviceChange: () => void;

beforeEach(() => {
  ask = vi.fn(async (wanted) => streamOf(fakeTrack(wanted.audio ? "audio" : "video")));
  vi.stubGlobal("navigator", {
    mediaDevices: {
      getUserMedia: ask,
      addEventListener: (_: string, listener: () => void) => {
        deviceChange = listener;
      },
      removeEventListener: () => {},
    },
  });
  media = new LocalMedia();
});

afterEach(() => vi.unstubAllGlobals());

function streamOf(track: MediaStreamTrack): MediaStream {
  return { getTracks: () => [track] } as unknown as MediaStream;
}

function refusal(name: string): DOMException {
  return new DOMException("", name);
}

test("the microphone is asked for alone, so that a camera's failure never costs the voice", async () => {
  await media.open("mic");
  expect(ask.mock.calls.map(([wanted]) => Object.keys(wanted))).toEqual([["audio"]]);
  expect(media.track("mic")?.kind).toBe("audio");
  expect(media.track("camera")).toBeNull();
});

test("while the browser asks the person, it is not asked again", async () => {
  await Promise.all([media.open("mic"), media.open("mic")]);
  expect(ask).toHaveBeenCalledTimes(1);
});

test("shutting stops the track, also one that arrives afterwards", async () => {
  await media.open("camera");
  const track = media.track("camera");
  media.shut("camera");
  expect(track?.readyState).toBe("ended");
  const late = fakeTrack();
  ask.mockResolvedValueOnce(streamOf(late));
  const opening = media.open("camera");
  media.shut("camera");
  await opening;
  expect(late.readyState).toBe("ended");
  expect(media.state("camera")).toEqual({ track: null, problem: null, asking: false });
});

test.each([
  ["NotAllowedError", "denied"],
  ["NotReadableError", "busy"],
  ["NotFoundError", "missing"],
  ["OverconstrainedError", "missing"],
  ["TypeError", "unknown"],
])("%s is told as %s", async (name, problem) => {
  ask.mockRejectedValueOnce(refusal(name));
  await media.open("camera");
  expect(media.state("camera").problem).toBe(problem);
  expect(problemOf(refusal(name))).toBe(problem);
});

test("a device that is plugged in later is used if it was wanted", async () => {
  ask.mockRejectedValueOnce(refusal("NotFoundError"));
  await media.open("camera");
  deviceChange();
  await vi.waitFor(() => expect(media.track("camera")).not.toBeNull());
});

test("a device that was not wanted is not opened by plugging it in", async () => {
  ask.mockRejectedValueOnce(refusal("NotFoundError"));
  await media.open("camera");
  media.shut("camera");
  deviceChange();
  expect(ask).toHaveBeenCalledTimes(1);
});

test("a refusal is not asked again by itself", async () => {
  ask.mockRejectedValueOnce(refusal("NotAllowedError"));
  await media.open("camera");
  deviceChange();
  expect(ask).toHaveBeenCalledTimes(1);
});

test("an unplugged device is replaced by what is left", async () => {
  await media.open("mic");
  const first = media.track("mic") as ReturnType<typeof fakeTrack>;
  first.onended?.();
  await vi.waitFor(() => expect(media.track("mic")).not.toBeNull());
  expect(media.track("mic")).not.toBe(first);
});

test("a browser without capture is told so", async () => {
  vi.stubGlobal("navigator", {});
  const bare = new LocalMedia();
  await bare.open("mic");
  expect(bare.state("mic").problem).toBe("unsupported");
});
