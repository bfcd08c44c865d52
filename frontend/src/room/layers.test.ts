import { expect, test, vi } from "vitest";
import { FakeSender } from "../testing/fake-peer-connection";
import { CameraLayers } from "./layers";

const CAMERA: RTCRtpEncodingParameters[] = [
  { rid: "h", maxBitrate: 900_000 },
  { rid: "m", scaleResolutionDownBy: 2 },
  { rid: "l", scaleResolutionDownBy: 4 },
];

function camera(): { sender: FakeSender; layers: CameraLayers } {
  const sender = new FakeSender(CAMERA.map((encoding) => ({ ...encoding, active: true })));
  return { sender, layers: new CameraLayers(sender as unknown as RTCRtpSender) };
}

function active(sender: FakeSender): string[] {
  return sender.encodings.filter((one) => one.active).map((one) => one.rid ?? "");
}

test("layers above the largest that is looked at rest, and come back", async () => {
  const { sender, layers } = camera();
  await layers.sendUpTo("m");
  expect(active(sender)).toEqual(["m", "l"]);
  await layers.sendUpTo("l");
  expect(active(sender)).toEqual(["l"]);
  await layers.sendUpTo("h");
  expect(active(sender)).toEqual(["h", "m", "l"]);
});

test("what else is set of a layer stays", async () => {
  const { sender, layers } = camera();
  await layers.sendUpTo("l");
  expect(sender.encodings[0]).toEqual({ rid: "h", maxBitrate: 900_000, active: false });
});

test("the same word again changes nothing", async () => {
  const { sender, layers } = camera();
  const set = vi.spyOn(sender, "setParameters");
  await layers.sendUpTo("h");
  expect(set).not.toHaveBeenCalled();
  await layers.sendUpTo("l");
  await layers.sendUpTo("l");
  expect(set).toHaveBeenCalledTimes(1);
});

test("the newest word wins over one that is still being obeyed", async () => {
  const { sender, layers } = camera();
  await Promise.all([layers.sendUpTo("l"), layers.sendUpTo("m")]);
  expect(active(sender)).toEqual(["m", "l"]);
});

test("a browser that refuses is asked again, and not for ever", async () => {
  vi.useFakeTimers();
  const { sender, layers } = camera();
  const set = vi.spyOn(sender, "setParameters").mockRejectedValueOnce(new Error("busy"));
  const once = layers.sendUpTo("l");
  await vi.runAllTimersAsync();
  await once;
  expect(active(sender)).toEqual(["l"]);
  set.mockRejectedValue(new Error("closed"));
  const never = layers.sendUpTo("h");
  await vi.runAllTimersAsync();
  await never;
  expect(active(sender)).toEqual(["l"]);
  vi.useRealTimers();
});
