import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { recallStart } from "../room/start";
import { type Ask, FakeStream, fakeTrack } from "../testing/fake-media";
import { QrDevices } from "./qr-devices";

customElements.define("qr-devices", QrDevices);

const SESSION = "0f8fad5b-d9cb-469f-a165-70867728950e";

let ask: ReturnType<typeof vi.fn<Ask>>;
let form: HTMLFormElement;

/** Web audio as far as the meter uses it. */
class FakeAudioContext {
  createAnalyser(): object {
    return { fftSize: 0, getFloatTimeDomainData: (out: Float32Array) => out.fill(0.25) };
  }

  createMediaStreamSource(): object {
    return { connect: () => {}, disconnect: () => {} };
  }

  async resume(): Promise<void> {}
  async close(): Promise<void> {}
}

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
  ask = vi.fn<Ask>(async (wanted) => new FakeStream([fakeTrack(wanted.audio ? "audio" : "video")]));
  vi.stubGlobal("MediaStream", FakeStream);
  vi.stubGlobal("AudioContext", FakeAudioContext);
  vi.stubGlobal("navigator", {
    userAgent: "",
    mediaDevices: {
      getUserMedia: ask,
      enumerateDevices: async () => [
        { kind: "audioinput", deviceId: "a", label: "Built in" },
        { kind: "audioinput", deviceId: "b", label: "Headset" },
        { kind: "videoinput", deviceId: "c", label: "Camera" },
      ],
      addEventListener: () => {},
      removeEventListener: () => {},
    },
  });
  form = document.createElement("form");
  for (const mode of ["video", "audio", "text"]) {
    const radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "mode", value: mode, checked: mode === "video" });
    form.append(radio);
  }
  const devices = new QrDevices();
  devices.dataset.session = SESSION;
  form.append(devices);
  document.body.append(form);
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function find<T extends HTMLElement>(selector: string): T {
  return form.querySelector(selector) as T;
}

async function tryDevices(): Promise<void> {
  find("[data-act=try]").click();
  await vi.advanceTimersByTimeAsync(200);
}

function choose(mode: string): void {
  find<HTMLInputElement>(`[value=${mode}]`).checked = true;
  form.dispatchEvent(new Event("change"));
}

function submit(): ReturnType<typeof recallStart> {
  form.dispatchEvent(new Event("submit", { cancelable: true }));
  return recallStart(SESSION, sessionStorage);
}

test("nothing is asked before the person presses the button", () => {
  expect(ask).not.toHaveBeenCalled();
});

test("the person sees themselves, and the bar moves with the voice", async () => {
  await tryDevices();
  expect(find<HTMLVideoElement>("video").srcObject).not.toBeNull();
  expect(find<HTMLMeterElement>("meter").value).toBeGreaterThan(0.5);
});

test("only kinds with a choice show one", async () => {
  await tryDevices();
  const shown = [...form.querySelectorAll<HTMLElement>("label.field")]
    .filter((label) => !label.hidden)
    .map((label) => label.querySelector(".field__label")?.textContent);
  expect(shown).toEqual(["Microphone"]);
});

test("the start is remembered for this session", async () => {
  await tryDevices();
  find<HTMLInputElement>("[data-start=camera]").checked = false;
  expect(submit()).toMatchObject({ mic: true, camera: false, micDevice: "a" });
});

test("with sound only no camera opens, and none starts", async () => {
  choose("audio");
  await tryDevices();
  expect(ask.mock.calls.map(([wanted]) => Object.keys(wanted))).toEqual([["audio"]]);
  expect(submit()).toMatchObject({ mic: true, camera: false });
});

test("changing to listening only shuts what was open", async () => {
  await tryDevices();
  const stream = find<HTMLVideoElement>("video").srcObject as MediaStream;
  choose("text");
  expect(stream.getTracks()[0]?.readyState).toBe("ended");
  expect(submit()).toMatchObject({ mic: false, camera: false });
});

test("a blocked camera is explained while the microphone works", async () => {
  ask.mockImplementation(async (wanted) => {
    if (wanted.video) throw new DOMException("", "NotAllowedError");
    return new FakeStream([fakeTrack("audio")]);
  });
  await tryDevices();
  expect(find("[data-problem=camera]").textContent).toContain("may not use the camera");
  expect(form.querySelector("[data-problem=mic]")).toBeNull();
  expect(find<HTMLMeterElement>("meter").value).toBeGreaterThan(0);
});

test("leaving the page shuts everything", async () => {
  await tryDevices();
  const stream = find<HTMLVideoElement>("video").srcObject as MediaStream;
  form.remove();
  expect(stream.getTracks()[0]?.readyState).toBe("ended");
});

test("the camera starts off, unless the person chose otherwise for this group", () => {
  expect(find<HTMLInputElement>("[data-start=camera]").checked).toBe(false);
  expect(find<HTMLInputElement>("[data-start=mic]").checked).toBe(true);
  const willing = new QrDevices();
  willing.dataset.session = "1f8fad5b-d9cb-469f-a165-70867728950e";
  willing.dataset.cameraStartsOn = "";
  form.append(willing);
  expect(willing.querySelector<HTMLInputElement>("[data-start=camera]")?.checked).toBe(true);
});
