import { afterEach, beforeEach, expect, test } from "vitest";
import type { RoomSession } from "../room/session";
import { FakeSocket } from "../testing/fake-socket";
import { say, sessionWith, stubBrowser, unstubBrowser } from "../testing/session";
import { snapshot, waiting } from "../testing/snapshots";
import { QrControls } from "./qr-controls";

customElements.define("qr-controls", QrControls);

let controls: QrControls;

beforeEach(() => {
  stubBrowser();
  controls = new QrControls();
  document.body.append(controls);
});

afterEach(unstubBrowser);

function control(act: string): HTMLButtonElement {
  return controls.querySelector(`[data-act="${act}"]`) as HTMLButtonElement;
}

async function show(session: RoomSession): Promise<void> {
  session.onChange.add((state) => controls.show(state, session));
  controls.show(session.state, session);
}

test("each button says what is true now", async () => {
  await show(await sessionWith(snapshot(), { mic: true, camera: false }));
  expect(control("mic").getAttribute("aria-pressed")).toBe("true");
  expect(control("camera").getAttribute("aria-pressed")).toBe("false");
  expect(control("camera").textContent).toBe("Cameraoff");
  control("camera").click();
  await Promise.resolve();
  expect(FakeSocket.newest.last("state")).toBeDefined();
});

test("a mute tells who did it, and pressing undoes nothing", async () => {
  const session = await sessionWith(snapshot());
  await show(session);
  await say(snapshot({ own: { may_send_mic: false } }));
  expect(control("mic").disabled).toBe(true);
  expect(control("mic").textContent).toBe("Microphoneoff by the therapist");
  controls.toggle("mic");
  expect(session.state.wishes.mic).toBe(false);
});

test("given back, the microphone is off until its owner turns it on", async () => {
  const session = await sessionWith(snapshot());
  await show(session);
  await say(snapshot({ own: { may_send_mic: false } }));
  await say(snapshot());
  expect(control("mic").disabled).toBe(false);
  expect(control("mic").getAttribute("aria-pressed")).toBe("false");
  control("mic").click();
  expect(control("mic").getAttribute("aria-pressed")).toBe("true");
});

test("those who wait have their devices and the way out, but no acts of the room", async () => {
  await show(await sessionWith(waiting()));
  const shown = [...controls.querySelectorAll<HTMLButtonElement>("button")]
    .filter((button) => !button.hidden)
    .map((button) => button.dataset.act);
  expect(shown).toEqual(["mic", "camera", "rules", "keys", "leave"]);
});

test("what asks for a dialog is told to the room", async () => {
  await show(await sessionWith(snapshot()));
  const acts: unknown[] = [];
  controls.addEventListener("act", (event) => acts.push((event as CustomEvent).detail));
  control("who").click();
  control("leave").click();
  expect(acts).toEqual(["who", "leave"]);
});

test("hiding the own picture is nobody else's matter", async () => {
  const session = await sessionWith(snapshot());
  await show(session);
  const said = FakeSocket.newest.sent.length;
  control("self-view").click();
  expect(control("self-view").getAttribute("aria-pressed")).toBe("true");
  expect(session.state.wishes.camera).toBe(true);
  expect(FakeSocket.newest.sent.length).toBe(said);
  control("self-view").click();
  expect(control("self-view").getAttribute("aria-pressed")).toBe("false");
});
