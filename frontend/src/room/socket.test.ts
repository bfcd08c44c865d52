// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeSocket, stubSockets } from "../testing/fake-socket";
import { type LinkState, RoomSocket } from "./socket";

let socket: RoomSocket;
let links: LinkState[];

beforeEach(() => {
  vi.useFakeTimers();
  stubSockets();
  links = [];
  socket = new RoomSocket({ url: "ws://here/ws/", random: () => 1 });
  socket.onLink.add((link) => links.push(link));
  socket.connect();
});

afterEach(() => {
  socket.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function newest(): FakeSocket {
  return FakeSocket.newest;
}

test("messages arrive in order and are acknowledged together", () => {
  const got: string[] = [];
  socket.onMessage.add((message) => got.push(message.type));
  newest().open();
  newest().say({ type: "welcome" });
  newest().say({ type: "snapshot" });
  expect(got).toEqual(["welcome", "snapshot"]);
  expect(newest().sent).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(newest().sent).toEqual([{ type: "ack", n: 2 }]);
});

test("a flood is acknowledged before the server's limit", () => {
  newest().open();
  for (let index = 0; index < 40; index += 1) newest().say({ type: "snapshot" });
  expect(newest().sent).toEqual([
    { type: "ack", n: 16 },
    { type: "ack", n: 32 },
  ]);
});

test("a gap in the numbers makes a new connection, and the message is not shown", () => {
  const got: string[] = [];
  socket.onMessage.add((message) => got.push(message.type));
  newest().open();
  newest().say({ type: "welcome" });
  newest().say({ type: "snapshot" }, 1);
  expect(got).toEqual(["welcome"]);
  expect(FakeSocket.made[0]?.closedWith).toBe(4000);
  vi.advanceTimersByTime(1_000);
  expect(FakeSocket.made).toHaveLength(2);
});

test("numbers begin again on each connection", () => {
  newest().open();
  newest().say({ type: "welcome" });
  newest().drop();
  vi.advanceTimersByTime(1_000);
  newest().open();
  newest().say({ type: "welcome" });
  expect(socket.link).toBe("open");
  expect(links).toEqual(["connecting", "open", "retrying", "open"]);
});

test("each failed try waits longer, up to a bound", () => {
  const waits: number[] = [];
  for (let index = 0; index < 8; index += 1) {
    newest().drop();
    const before = FakeSocket.made.length;
    let waited = 0;
    while (FakeSocket.made.length === before) {
      vi.advanceTimersByTime(100);
      waited += 100;
    }
    waits.push(waited);
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
});

test("only a message ends the back-off, not a connection that says nothing", () => {
  newest().drop();
  vi.advanceTimersByTime(500);
  newest().open();
  newest().drop();
  vi.advanceTimersByTime(999);
  expect(FakeSocket.made).toHaveLength(2);
  vi.advanceTimersByTime(1);
  newest().open();
  newest().say({ type: "welcome" });
  newest().drop();
  vi.advanceTimersByTime(500);
  expect(FakeSocket.made).toHaveLength(4);
});

test("a silent server is given up after a ping without its pong", () => {
  newest().open();
  vi.advanceTimersByTime(15_000);
  expect(newest().types()).toEqual(["ping"]);
  newest().say({ type: "pong" });
  vi.advanceTimersByTime(15_000);
  expect(socket.link).toBe("open");
  vi.advanceTimersByTime(10_000);
  expect(socket.link).toBe("retrying");
});

test("nothing is sent or queued while the connection is down", () => {
  expect(socket.send({ type: "leave" })).toBe(false);
  newest().open();
  expect(newest().sent).toEqual([]);
  expect(socket.send({ type: "leave" })).toBe(true);
});

test("a refused handshake is told with the number of tries", () => {
  const refused: number[] = [];
  socket.onRefused.add((tries) => refused.push(tries));
  newest().drop();
  vi.advanceTimersByTime(500);
  newest().drop();
  expect(refused).toEqual([1, 2]);
});

test("a connection that was open is no refusal", () => {
  const refused = vi.fn();
  socket.onRefused.add(refused);
  newest().open();
  newest().drop();
  expect(refused).not.toHaveBeenCalled();
});

test("closing is for good and acknowledges what came", () => {
  newest().open();
  newest().say({ type: "closed" });
  const last = newest();
  socket.close();
  socket.close();
  expect(last.sent).toEqual([{ type: "ack", n: 1 }]);
  vi.advanceTimersByTime(60_000);
  expect(FakeSocket.made).toHaveLength(1);
  expect(socket.link).toBe("closed");
});

test("being online again ends the waiting", () => {
  newest().drop();
  socket.retryNow();
  expect(FakeSocket.made).toHaveLength(2);
  socket.retryNow();
  expect(FakeSocket.made).toHaveLength(2);
});
