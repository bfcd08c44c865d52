/** A real RoomSession over stubbed browser parts, for the elements' tests. */
import { vi } from "vitest";
import type { Snapshot } from "../room/protocol.gen";
import { RoomSession } from "../room/session";
import { stubMedia } from "./fake-media";
import { stubPeerConnections } from "./fake-peer-connection";
import { FakeSocket, stubSockets } from "./fake-socket";

export function stubBrowser(): void {
  vi.useFakeTimers();
  stubSockets();
  stubPeerConnections();
  stubMedia();
}

export function unstubBrowser(): void {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.useRealTimers();
}

export async function sessionWith(
  snapshot: Snapshot,
  start = { mic: true, camera: true },
): Promise<RoomSession> {
  const session = new RoomSession({
    socketUrl: "ws://here/ws/",
    pageUrl: "/",
    homeUrl: "/",
    membership: "m",
    session: "s",
    mode: "video",
    start,
  });
  await session.start();
  await greet(snapshot);
  return session;
}

/** The server's side of a new connection. */
export async function greet(snapshot: Snapshot): Promise<void> {
  FakeSocket.newest.open();
  FakeSocket.newest.say({ type: "welcome", ice_servers: [], ping_seconds: 15 });
  FakeSocket.newest.say(snapshot);
  await vi.advanceTimersByTimeAsync(0);
}

export async function say(message: object): Promise<void> {
  FakeSocket.newest.say(message);
  await vi.advanceTimersByTimeAsync(0);
}
