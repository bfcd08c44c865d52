import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { HostPanel } from "../room/protocol.gen";
import type { RoomSession } from "../room/session";
import { FakeSocket } from "../testing/fake-socket";
import { say, sessionWith, stubBrowser, unstubBrowser } from "../testing/session";
import { ANA, BEN, seatedPerson, snapshot, THEA, waitingPerson } from "../testing/snapshots";
import { QrHostRail } from "./qr-host-rail";

customElements.define("qr-host-rail", QrHostRail);

const NOW = Date.parse("2026-03-02T10:05:00+00:00");
const BEN_WAITS = waitingPerson();
const CLEO_WAITS = waitingPerson({
  admission: "33333333-3333-4333-8333-333333333333",
  alias: "Cleo",
  true_name: "Cleopatra Example",
  device_known: false,
});

let rail: QrHostRail;
let session: RoomSession;

beforeEach(() => {
  stubBrowser();
  rail = new QrHostRail();
  document.body.append(rail);
});

afterEach(unstubBrowser);

function thea(panel: Partial<HostPanel>, change: object = {}): ReturnType<typeof snapshot> {
  return snapshot({
    own: { seat: 1, role: "host", alias: "Thea" },
    seats: [THEA, ANA, BEN],
    host: { waiting: [], at_the_door: [], seated: [], ...panel },
    ...change,
  });
}

async function show(panel: Partial<HostPanel>, change: object = {}): Promise<void> {
  session = await sessionWith(thea(panel, change));
  rail.show(session.state, session, NOW);
}

function press(act: string, inside: Element = rail): void {
  inside.querySelector<HTMLButtonElement>(`[data-act="${act}"]`)?.click();
}

function answer(text: string): void {
  const buttons = [...document.querySelectorAll<HTMLButtonElement>("dialog button")];
  buttons.find((button) => button.textContent === text)?.click();
}

test("a waiting person is shown with what helps to decide", async () => {
  await show({ waiting: [BEN_WAITS] });
  const card = rail.querySelector(".waiting-card");
  expect(card?.querySelector(".waiting-card__name")?.textContent).toBe("Benedict Example");
  expect(card?.querySelector(".waiting-card__alias")?.textContent).toBe("in the group: Ben");
  const facts = [...(card?.querySelectorAll(".fact") ?? [])].map((fact) => fact.textContent);
  expect(facts).toEqual([
    "Known device",
    "Papers signed",
    "Alone and private",
    "Location confirmed",
    "Waiting for 3 minutes",
  ]);
});

test("what is not in order stands out", async () => {
  await show({ waiting: [CLEO_WAITS] });
  const odd = rail.querySelector('.fact[data-ok="false"]');
  expect(odd?.textContent).toBe("New device: ask who it is");
});

test("letting in names the admission, once for two quick clicks", async () => {
  await show({ waiting: [BEN_WAITS] });
  press("admit");
  press("admit");
  const said = FakeSocket.newest.sent.filter((message) => message.type === "admit");
  expect(said).toEqual([{ type: "admit", admission: BEN_WAITS.admission }]);
  vi.advanceTimersByTime(3_000);
  expect(rail.querySelector<HTMLButtonElement>('[data-act="admit"]')?.disabled).toBe(false);
});

test("all are let in together only where there are several", async () => {
  await show({ waiting: [BEN_WAITS] });
  const all = rail.querySelector<HTMLButtonElement>('[data-act="admit-all"]');
  expect(all?.hidden).toBe(true);
  await say(thea({ waiting: [BEN_WAITS, CLEO_WAITS] }));
  rail.show(session.state, session, NOW);
  expect(all?.hidden).toBe(false);
  press("admit-all");
  expect(FakeSocket.newest.last("admit_all")).toEqual({ type: "admit_all" });
});

test("before the doors are open a host sees who waits and can let nobody in", async () => {
  await show({ waiting: [BEN_WAITS, CLEO_WAITS] }, { own: { admission: null, role: "host" } });
  expect(rail.querySelectorAll(".waiting-card")).toHaveLength(2);
  const acts = [...rail.querySelectorAll<HTMLElement>(".waiting-card .cluster")];
  expect(acts.map((one) => one.hidden)).toEqual([true, true]);
  expect(rail.querySelector<HTMLElement>('[data-act="admit-all"]')?.hidden).toBe(true);
});

test("a card that others join keeps its place and the focus", async () => {
  await show({ waiting: [BEN_WAITS] });
  const button = rail.querySelector<HTMLButtonElement>('[data-act="admit"]');
  button?.focus();
  await say(thea({ waiting: [BEN_WAITS, CLEO_WAITS] }));
  rail.show(session.state, session, NOW);
  expect(document.activeElement).toBe(button);
});

test("declining asks for a reason code first", async () => {
  await show({ waiting: [BEN_WAITS] });
  press("decline");
  expect(FakeSocket.newest.last("decline")).toBeUndefined();
  const select = document.querySelector<HTMLSelectElement>("dialog select");
  if (select) select.selectedIndex = 1;
  answer("Not now");
  expect(FakeSocket.newest.last("decline")).toEqual({
    type: "decline",
    admission: BEN_WAITS.admission,
    reason: "not_private",
  });
});

test("removing asks once, with scope and reason; cancelling removes nobody", async () => {
  await show({ seated: [seatedPerson({ seat: 3 })] });
  press("remove");
  answer("Cancel");
  expect(FakeSocket.newest.last("remove")).toBeUndefined();
  press("remove");
  answer("Remove");
  expect(FakeSocket.newest.last("remove")).toEqual({
    type: "remove",
    admission: seatedPerson().admission,
    scope: "session",
    reason: "not_given",
  });
});

test("rights can be taken, and given back, but nothing turned on", async () => {
  await show({ seated: [seatedPerson({ seat: 3, may_send_mic: false })] });
  const row = rail.querySelector(".seat-row") as Element;
  const shown = [...row.querySelectorAll<HTMLButtonElement>("button")]
    .filter((button) => !button.hidden)
    .map((button) => button.dataset.act);
  expect(shown).toEqual(["stop-video", "allow", "return", "remove"]);
  press("stop-video", row);
  expect(FakeSocket.newest.last("stop_video")).toMatchObject({ type: "stop_video" });
});

test("a seated person whose papers are no longer signed is marked, and stays", async () => {
  await show({ seated: [seatedPerson({ seat: 3, papers: false })] });
  const mark = rail.querySelector<HTMLElement>('.seat-row .fact[data-ok="false"]');
  expect(mark?.hidden).toBe(false);
  await show({ seated: [seatedPerson({ seat: 3 })] });
  expect(rail.querySelector<HTMLElement>(".seat-row .fact")?.hidden).toBe(true);
});

test("hosts have no acts on each other, nor on themselves", async () => {
  await show({ seated: [seatedPerson({ seat: 1, own: true })] });
  expect(rail.querySelector<HTMLElement>(".seat-row .cluster")?.hidden).toBe(true);
});

test("somebody at the door is shown with the gate and, for the location, a way on", async () => {
  const cleo = {
    person: "44444444-4444-4444-8444-444444444444",
    true_name: "Cleopatra Example",
    alias: "Cleo",
    gate: "location",
    gate_title: "Where you are",
    can_override: true,
    needs_help: true,
    later: false,
    note: "",
  };
  await show({ at_the_door: [cleo] });
  const row = rail.querySelector(".door-list li");
  expect(row?.textContent).toContain("Cleopatra Example (Cleo): Where you are. They ask for help.");
  row?.querySelector("button")?.click();
  answer("Let go on");
  expect(FakeSocket.newest.last("override_location")).toMatchObject({ person: cleo.person });
});

test("what somebody wrote at the door is shown to the host, and never as markup", async () => {
  const note = "My brother came home. <b>Can I come at six?</b>";
  const ana = {
    person: "44444444-4444-4444-8444-444444444444",
    true_name: "Ana Example",
    alias: "Ana",
    gate: "environment",
    gate_title: "My space",
    can_override: false,
    needs_help: false,
    later: true,
    note,
  };
  await show({ at_the_door: [ana], waiting: [waitingPerson({ note })] });
  const row = rail.querySelector(".door-list li");
  expect(row?.textContent).toContain("Has no private space and comes another time.");
  for (const line of rail.querySelectorAll<HTMLElement>(".door-note")) {
    expect(line.textContent).toBe(note);
    expect(line.hidden).toBe(false);
  }
  await show({ at_the_door: [{ ...ana, later: false, note: "" }] });
  expect(row?.textContent).not.toContain("another time");
  expect(rail.querySelector<HTMLElement>(".door-list .door-note")?.hidden).toBe(true);
});

test("lock and pause say what pressing them will do", async () => {
  await show({});
  const lock = rail.querySelector('[data-act="lock"]');
  expect(lock?.textContent).toBe("Lock the session");
  press("lock");
  expect(FakeSocket.newest.last("lock")).toEqual({ type: "lock" });
  await say(thea({}, { session: { locked: true, suspended: true } }));
  rail.show(session.state, session, NOW);
  expect(lock?.textContent).toBe("Unlock the session");
  press("suspend");
  expect(FakeSocket.newest.last("resume")).toEqual({ type: "resume" });
});

test("ending for all asks once", async () => {
  await show({});
  press("end");
  expect(FakeSocket.newest.last("end")).toBeUndefined();
  answer("End for all");
  expect(FakeSocket.newest.last("end")).toEqual({ type: "end" });
});

test("whose line is weak is said in words, and no longer once it is well", async () => {
  await show({ seated: [seatedPerson({ seat: 3 })] });
  const words = () => {
    rail.show(session.state, session, NOW);
    const line = rail.querySelector<HTMLElement>(".seat-row__line");
    return line?.hidden ? null : line?.textContent;
  };
  expect(words()).toBeNull();
  await say({ type: "lines", lines: [{ seat: 3, quality: "weak" }] });
  expect(words()).toBe("Ben's line is weak: sound first, small pictures.");
  await say({ type: "lines", lines: [{ seat: 3, quality: "poor" }] });
  expect(words()).toContain("very weak");
  await say({ type: "lines", lines: [] });
  expect(words()).toBeNull();
});

test("a camera that the group expects and does not see is the therapist's to talk about", async () => {
  await show({ seated: [seatedPerson({ camera_expected: true })] });
  const row = rail.querySelector(".seat-row");
  const word = row?.querySelector<HTMLElement>("[data-camera]");
  expect(word?.hidden).toBe(false);
  await show({ seated: [seatedPerson()] });
  expect(rail.querySelector<HTMLElement>(".seat-row [data-camera]")?.hidden).toBe(true);
});
