/**
 * The devices page: see and hear yourself before anybody else can, and choose how to start.
 *
 * Nothing is asked of the browser before the person presses the button, and nothing leaves it.
 */
import { LocalMedia, type LocalSource } from "../room/media";
import { MicMeter, playTone } from "../room/meter";
import { recallStart, rememberStart, type StartChoice } from "../room/start";
import { button, icon, make, setText } from "./build";
import { LOCKING } from "./page-events";
import { helpFor, platformOf } from "./permission-help";

type Kind = "audioinput" | "videoinput" | "audiooutput";

interface Picker {
  readonly element: HTMLElement;
  readonly select: HTMLSelectElement;
}

const METER_EVERY_MS = 100;

export class QrDevices extends HTMLElement {
  readonly #media = new LocalMedia();
  readonly #video = make("video", { attributes: { "aria-hidden": "true" } });
  readonly #placeholder = make("span", { class: "tile__avatar" }, icon("camera"));
  readonly #try = button("Try camera and microphone", "", () => this.#open());
  readonly #problems = make("div", { class: "stack", attributes: { role: "status" } });
  readonly #meter = make("meter", {
    class: "meter",
    attributes: { min: "0", max: "1", "aria-label": "How loud your microphone is" },
  });
  readonly #meterRow = make(
    "div",
    { class: "devices__sound" },
    make("p", { class: "field__help", text: "Say something: the bar should move." }),
    this.#meter,
  );
  readonly #mic = picker("Microphone", (id) => void this.#media.choose("mic", id));
  readonly #camera = picker("Camera", (id) => void this.#media.choose("camera", id));
  readonly #speaker = picker("Speaker", () => {});
  readonly #startCamera = checkbox("camera", "Start with my camera on");
  readonly #startMic = checkbox("mic", "Start with my microphone on");
  readonly #ends = new AbortController();
  #gauge: MicMeter | null = null;

  connectedCallback(): void {
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.autoplay = true;
    this.#try.dataset.act = "try";
    this.#meterRow.hidden = true;
    this.#build();
    this.#recall();
    this.#listen();
    this.#showMode();
  }

  disconnectedCallback(): void {
    this.#ends.abort();
    this.#gauge?.close();
    this.#media.close();
    this.#video.srcObject = null;
  }

  #build(): void {
    const test = button("Play a sound", "small", () => void playTone(this.#speaker.select.value));
    this.replaceChildren(
      make(
        "div",
        { class: "devices" },
        make("div", { class: "devices__preview" }, this.#placeholder, this.#video),
        make(
          "div",
          { class: "devices__choices stack" },
          make("div", { class: "cluster" }, this.#try, test),
          this.#problems,
          this.#meterRow,
          this.#camera.element,
          this.#mic.element,
          this.#speaker.element,
          this.#startCamera.element,
          this.#startMic.element,
        ),
      ),
    );
  }

  #listen(): void {
    const { signal } = this.#ends;
    this.#media.onChange.add((source) => this.#changed(source));
    const form = this.closest("form");
    form?.addEventListener("change", () => this.#showMode(), { signal });
    form?.addEventListener("submit", () => this.#remember(), { signal });
    document.addEventListener(LOCKING, () => this.#media.close(), { signal });
    const timer = setInterval(() => this.#measure(), METER_EVERY_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  get #session(): string {
    return this.dataset.session ?? "";
  }

  /** How the person takes part, from the page's own form: video, audio or text. */
  get #mode(): string {
    const form = this.closest("form");
    return String((form && new FormData(form).get("mode")) ?? "video");
  }

  #recall(): void {
    const camera = "cameraStartsOn" in this.dataset;
    const remembered = recallStart(this.#session, sessionStorage, { mic: true, camera });
    this.#startCamera.input.checked = remembered.camera;
    this.#startMic.input.checked = remembered.mic;
  }

  #remember(): void {
    const mode = this.#mode;
    const micDevice = this.#mic.select.value;
    const cameraDevice = this.#camera.select.value;
    const speaker = this.#speaker.select.value;
    const choice: StartChoice = {
      mic: mode !== "text" && this.#startMic.input.checked,
      camera: mode === "video" && this.#startCamera.input.checked,
      ...(micDevice && { micDevice }),
      ...(cameraDevice && { cameraDevice }),
      ...(speaker && { speaker }),
    };
    rememberStart(this.#session, choice, sessionStorage);
  }

  #showMode(): void {
    const mode = this.#mode;
    const seen = mode === "video";
    const heard = mode !== "text";
    setText(this.#try, seen ? "Try camera and microphone" : "Try the microphone");
    this.#try.hidden = !heard;
    this.#startCamera.element.hidden = !seen;
    this.#startMic.element.hidden = !heard;
    if (!seen) this.#media.shut("camera");
    if (!heard) this.#media.shut("mic");
    this.#showPickers();
  }

  async #open(): Promise<void> {
    const camera = this.#mode === "video" ? this.#media.open("camera") : Promise.resolve();
    await Promise.all([this.#media.open("mic"), camera]);
    await this.#listDevices();
  }

  /** Devices have names only after the permission was given. */
  async #listDevices(): Promise<void> {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    fill(this.#mic, devices, "audioinput");
    fill(this.#camera, devices, "videoinput");
    fill(this.#speaker, devices, "audiooutput");
    this.#showPickers();
  }

  #showPickers(): void {
    const more = (one: Picker): boolean => one.select.options.length > 1;
    this.#camera.element.hidden = this.#mode !== "video" || !more(this.#camera);
    this.#mic.element.hidden = this.#mode === "text" || !more(this.#mic);
    this.#speaker.element.hidden = !more(this.#speaker) || !("setSinkId" in AudioContext.prototype);
  }

  #changed(source: LocalSource): void {
    const track = this.#media.track(source);
    if (source === "camera") {
      this.#video.srcObject = track ? new MediaStream([track]) : null;
      this.#video.hidden = !track;
      this.#placeholder.hidden = track !== null;
    } else {
      this.#gauge?.close();
      this.#gauge = track ? new MicMeter(track) : null;
      this.#meterRow.hidden = !track;
    }
    this.#showProblems();
  }

  #showProblems(): void {
    const platform = platformOf(navigator.userAgent, navigator.maxTouchPoints);
    const notices = (["camera", "mic"] as const).flatMap((source) => {
      const { problem } = this.#media.state(source);
      if (!problem) return [];
      const { title, steps } = helpFor(source, problem, platform);
      return [
        make(
          "div",
          { class: "notice notice--warn", data: { problem: source } },
          make("p", { class: "notice__title", text: title }),
          make("ul", {}, ...steps.map((text) => make("li", { text }))),
          make("p", { text: "You can also go on without it." }),
          button("Try again", "small", () => void this.#open()),
        ),
      ];
    });
    this.#problems.replaceChildren(...notices);
  }

  #measure(): void {
    if (this.#gauge) this.#meter.value = this.#gauge.level();
  }
}

function picker(label: string, chosen: (id: string) => void): Picker {
  const select = make("select");
  select.addEventListener("change", () => chosen(select.value));
  const element = make(
    "label",
    { class: "field" },
    make("span", { class: "field__label", text: label }),
    select,
  );
  element.hidden = true;
  return { element, select };
}

function fill({ select }: Picker, devices: readonly MediaDeviceInfo[], kind: Kind): void {
  const before = select.value;
  const found = devices.filter((device) => device.kind === kind && device.deviceId !== "");
  select.replaceChildren(
    ...found.map((device, index) =>
      make("option", {
        attributes: { value: device.deviceId },
        text: device.label || `Device ${index + 1}`,
      }),
    ),
  );
  if (found.some((device) => device.deviceId === before)) select.value = before;
}

function checkbox(name: string, label: string): { element: HTMLElement; input: HTMLInputElement } {
  const input = make("input", { attributes: { type: "checkbox" }, data: { start: name } });
  return {
    element: make("label", { class: "check" }, input, make("span", { text: label })),
    input,
  };
}
