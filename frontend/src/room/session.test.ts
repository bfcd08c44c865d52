import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Told } from "../e2ee/protocol";
import type { FakeTrack } from "../testing/fake-media";
import { FakeStream, fakeTrack, stubMedia } from "../testing/fake-media";
import { FakePeerConnection, stubPeerConnections } from "../testing/fake-peer-connection";
import { FakeSocket, stubSockets } from "../testing/fake-socket";
import { ANA, snapshot, THEA, waiting } from "../testing/snapshots";
import type { SessionView } from "./protocol.gen";
import { RoomSession } from "./session";
import type { StartChoice } from "./start";

const WELCOME = { type: "welcome", ice_servers: [], ping_seconds: 15 };
const MIC = 0;
const CAMERA = 1;

/** Has keys when a test says so. */
class SilentWorker {
  static newest: SilentWorker;
  onmessage: ((event: { data: Told }) => void) | null = null;

  constructor() {
    SilentWorker.newest = this;
  }

  tell(data: Told): void {
    this.onmessage?.({ data });
  }

  postMessage(): void {}

  terminate(): void {}
}

let session: RoomSession;
let went: string[];

beforeEach(() => {
  vi.useFakeTimers();
  stubSockets();
  stubPeerConnections();
  stubMedia();
  went = [];
});

afterEach(() => {
  session.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Greeted by the server, and not told yet where this person is. */
async function begin(start: StartChoice): Promise<FakeSocket> {
  session = new RoomSession({
    socketUrl: "ws://here/ws/",
    pageUrl: "/session/1/room/",
    homeUrl: "/",
    membership: "m",
    session: "s",
    mode: "video",
    start,
  });
  session.onGo.add((url) => went.push(url));
  await session.start();
  greet();
  return FakeSocket.newest;
}

async function arrive(
  start: StartChoice = { mic: true, camera: true },
  rules: Partial<SessionView> = {},
): Promise<FakeSocket> {
  const socket = await begin(start);
  socket.say(waiting({ session: rules }));
  await settle();
  return socket;
}

async function reconnect(): Promise<void> {
  greet();
  FakeSocket.newest.say(waiting());
  await settle();
}

function greet(): void {
  FakeSocket.newest.open();
  FakeSocket.newest.say(WELCOME);
}

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

function sent(line: number): FakeTrack | null {
  return FakePeerConnection.newest.lines[line]?.sender.track as FakeTrack | null;
}

test("says hello first and brings the transport up while waiting, with nothing to send", async () => {
  const socket = await arrive();
  expect(socket.types()).toEqual(["hello", "offer"]);
  expect(socket.sent[0]).toEqual({ type: "hello", mode: "video" });
  expect([sent(MIC), sent(CAMERA)]).toEqual([null, null]);
  expect(session.ownTrack("mic")?.enabled).toBe(false);
});

test("admission sends what was chosen on the connection that is up already", async () => {
  const socket = await arrive();
  socket.say(snapshot());
  await settle();
  expect(FakePeerConnection.made).toHaveLength(1);
  expect(sent(MIC)?.enabled).toBe(true);
  expect(sent(CAMERA)?.readyState).toBe("live");
  expect(socket.last("state")).toEqual({
    type: "state",
    mic: true,
    camera: true,
    private: true,
    away: false,
  });
});

test("the same state is not said twice", async () => {
  const socket = await arrive();
  socket.say(snapshot());
  socket.say(snapshot());
  await settle();
  expect(socket.types().filter((type) => type === "state")).toHaveLength(1);
});

test("what the page looks at is said once, and again on a new connection", async () => {
  const socket = await arrive();
  socket.say(snapshot());
  socket.say({ type: "slots", slots: [{ mid: "18", source: "camera", seat: 1 }] });
  session.look(new Map([[1, 320]]));
  session.look(new Map([[1, 320]]));
  await vi.advanceTimersByTimeAsync(1_000);
  const views = () => socket.sent.filter(({ type }) => type === "view");
  expect(views()).toHaveLength(2);
  expect(views().at(-1)).toMatchObject({ widths: [320, ...Array(15).fill(960)] });
  session.wish({ audioOnly: true });
  expect(views().at(-1)).toMatchObject({ widths: Array(16).fill(0) });
});

test("not private stops microphone and camera in the same moment", async () => {
  const socket = await arrive();
  socket.say(snapshot());
  await settle();
  const [mic, camera] = [sent(MIC), sent(CAMERA)];
  session.wish({ notPrivate: true });
  expect([mic?.readyState, camera?.readyState]).toEqual(["ended", "ended"]);
  expect(socket.last("state")).toMatchObject({ mic: false, camera: false, private: false });
  await settle();
  expect([sent(MIC), sent(CAMERA)]).toEqual([null, null]);
});

test("not private while the browser still asks the person opens nothing", async () => {
  let answer: (stream: MediaStream) => void = () => {};
  const ask = stubMedia();
  ask.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
  const socket = await arrive({ mic: false, camera: true });
  socket.say(snapshot());
  session.wish({ notPrivate: true });
  const late = fakeTrack();
  answer(new FakeStream([late]));
  await settle();
  expect(late.readyState).toBe("ended");
  expect(sent(CAMERA)).toBeNull();
});

test("a mute by a host silences the microphone without waiting for the person", async () => {
  const socket = await arrive();
  socket.say(snapshot());
  await settle();
  const mic = sent(MIC);
  socket.say(snapshot({ own: { may_send_mic: false } }));
  expect(mic?.enabled).toBe(false);
  expect(socket.last("state")).toMatchObject({ mic: false, camera: true });
  socket.say(snapshot());
  await settle();
  expect(mic?.enabled).toBe(false);
});

test("back in the waiting room nothing is sent any more", async () => {
  const socket = await arrive();
  socket.say(snapshot());
  await settle();
  socket.say(waiting());
  await settle();
  expect([sent(MIC), sent(CAMERA)]).toEqual([null, null]);
});

test("a new socket brings a fresh connection, never a second offer on the old one", async () => {
  const socket = await arrive();
  socket.drop();
  await vi.advanceTimersByTimeAsync(1_000);
  await reconnect();
  expect(FakePeerConnection.made).toHaveLength(2);
  expect(FakePeerConnection.made[0]?.isClosed).toBe(true);
  expect(FakeSocket.newest.types()).toEqual(["hello", "offer"]);
});

test("layers that nobody looks at rest, and a fresh connection sends all of them again", async () => {
  const socket = await arrive();
  const resting = () =>
    FakePeerConnection.newest.lines[CAMERA]?.sender.encodings.filter((one) => one.active === false);
  socket.say({ type: "layers", largest: "m" });
  await settle();
  expect(resting()?.map(({ rid }) => rid)).toEqual(["h"]);
  socket.say({ type: "transport", state: "lost", code: "node.lost" });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(FakePeerConnection.made).toHaveLength(2);
  expect(resting()).toEqual([]);
});

test("a lost relay brings a fresh connection over the same socket", async () => {
  const socket = await arrive();
  socket.say({ type: "transport", state: "lost", code: "node.lost" });
  await vi.advanceTimersByTimeAsync(300);
  expect(FakePeerConnection.made).toHaveLength(2);
  expect(socket.types().filter((type) => type === "offer")).toHaveLength(2);
});

test("closed stops the media for good and does not connect again", async () => {
  const socket = await arrive();
  socket.say(snapshot());
  await settle();
  const camera = sent(CAMERA);
  const closed = { reason: "removed", title: "Over", body: "…", next_url: "/left/" };
  socket.say({ type: "closed", ...closed });
  socket.drop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(camera?.readyState).toBe("ended");
  expect(FakePeerConnection.newest.isClosed).toBe(true);
  expect(FakeSocket.made).toHaveLength(1);
  expect(session.state.closed?.title).toBe("Over");
});

test("a gate that closed again leads to its page, with media off", async () => {
  const socket = await arrive();
  const camera = session.ownTrack("camera");
  socket.say({ type: "gate", url: "/papers/", title: "New agreement" });
  expect(went).toEqual(["/papers/"]);
  expect(camera?.readyState).toBe("ended");
});

test("a refused socket asks the page why, and goes where it leads", async () => {
  vi.stubGlobal("fetch", vi.fn().mockResolvedValue({ type: "opaqueredirect", status: 0 }));
  session = new RoomSession({
    socketUrl: "ws://here/ws/",
    pageUrl: "/session/1/room/",
    homeUrl: "/",
    membership: "m",
    session: "s",
    mode: "audio",
    start: { mic: false, camera: false },
  });
  session.onGo.add((url) => went.push(url));
  await session.start();
  FakeSocket.newest.drop();
  await vi.advanceTimersByTimeAsync(1_000);
  FakeSocket.newest.drop();
  await settle();
  expect(went).toEqual(["/session/1/room/"]);
});

test("a server that is only restarting is not mistaken for a refusal", async () => {
  vi.stubGlobal("fetch", vi.fn().mockRejectedValue(new TypeError()));
  session = new RoomSession({
    socketUrl: "ws://here/ws/",
    pageUrl: "/session/1/room/",
    homeUrl: "/",
    membership: "m",
    session: "s",
    mode: "audio",
    start: { mic: false, camera: false },
  });
  session.onGo.add((url) => went.push(url));
  await session.start();
  for (let tries = 0; tries < 4; tries += 1) {
    FakeSocket.newest.drop();
    await vi.advanceTimersByTimeAsync(15_000);
  }
  expect(went).toEqual([]);
  expect(FakeSocket.made).toHaveLength(5);
});

test("taking over offers only when welcome", async () => {
  session = new RoomSession({
    socketUrl: "ws://here/ws/",
    pageUrl: "/",
    homeUrl: "/",
    membership: "m",
    session: "s",
    mode: "video",
    start: { mic: false, camera: false },
  });
  await session.start();
  const socket = FakeSocket.newest;
  socket.open();
  socket.say({ type: "second_device", url: "/step-up/", factor_is_fresh: true });
  socket.say(snapshot());
  session.takeOver();
  await settle();
  expect(socket.types()).toEqual(["hello", "take_over"]);
  socket.say(WELCOME);
  socket.say(waiting());
  await settle();
  expect(socket.types().at(-1)).toBe("offer");
});

test("a closed door can be asked again", async () => {
  await arrive();
  const socket = FakeSocket.newest;
  socket.say({ type: "error", code: "cooling_down", text: "Not now.", next: "Later." });
  expect(session.state.refusal?.code).toBe("cooling_down");
  session.askAgain();
  expect(session.state.refusal).toBeNull();
  expect(socket.types().at(-1)).toBe("hello");
});

test("leaving is said to the server; who has no place yet just goes home", async () => {
  const socket = await arrive();
  session.leave();
  expect(socket.types().at(-1)).toBe("leave");
  expect(went).toEqual([]);
  socket.say(waiting({ own: { admission: null } }));
  session.leave();
  expect(went).toEqual(["/"]);
});

test("a host who lets somebody in makes the picture with which the newcomer begins", async () => {
  const socket = await arrive();
  socket.say(snapshot());
  await settle();
  const camera = FakePeerConnection.newest.lines[CAMERA]?.sender;
  session.say({ type: "mute_all" });
  expect(camera?.keyFrames).toBe(0);
  session.say({ type: "admit", admission: "a" });
  expect(camera?.keyFrames).toBe(1);
});

test("with encryption the picture waits for the keys that the newcomer will hold", async () => {
  vi.stubGlobal("Worker", SilentWorker);
  vi.stubGlobal("RTCRtpScriptTransform", class {});
  const socket = await arrive({ mic: true, camera: true }, { end_to_end: true });
  socket.say(snapshot({ session: { end_to_end: true } }));
  SilentWorker.newest.tell({
    kind: "group",
    view: { group: "g", epoch: 0, members: [], code: "" },
  });
  await settle();
  const camera = FakePeerConnection.newest.lines[CAMERA]?.sender;
  session.say({ type: "admit", admission: "a" });
  expect(socket.types()).toContain("admit");
  expect(camera?.keyFrames).toBe(0);
  SilentWorker.newest.tell({ kind: "ready", at: { group: "g", epoch: 1, switched: true } });
  expect(camera?.keyFrames).toBe(1);
});

test("a line carries whoever the slots say", async () => {
  const socket = await arrive();
  socket.say(snapshot({ seats: [THEA, ANA] }));
  socket.say({ type: "slots", slots: [{ mid: "18", source: "camera", seat: 1 }] });
  expect(session.track(1, "camera")?.id).toBe("track 18");
  socket.say({ type: "slots", slots: [] });
  expect(session.track(1, "camera")).toBeNull();
});

test("who starts closed is asked for nothing", async () => {
  const ask = stubMedia();
  const socket = await arrive({ mic: false, camera: false });
  socket.say(snapshot());
  await settle();
  expect(ask).not.toHaveBeenCalled();
});

test("a seat that was just taken is silent until something is said of it", async () => {
  const socket = await arrive({ mic: false, camera: false });
  socket.say(snapshot());
  await settle();
  expect(socket.types()).not.toContain("state");
  session.wish({ mic: true });
  await settle();
  expect(socket.last("state")).toMatchObject({ mic: true, camera: false });
});

test("whoever finds their seat after a reload says what it sends, be it nothing", async () => {
  const socket = await begin({ mic: false, camera: false });
  socket.say(snapshot());
  await settle();
  expect(socket.last("state")).toMatchObject({ mic: false, camera: false });
});
