import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeTrack } from "../testing/fake-media";
import { Listeners } from "./listeners";
import type { Peer, PeerState } from "./peer";
import { MediaTransport } from "./transport";

/** Stands for the browser's peer connection, which happy-dom has not. */
class FakePeer {
  readonly onState = new Listeners<PeerState>();
  readonly sent = new Map<string, MediaStreamTrack | null>();
  state: PeerState = "connecting";
  answers: string[] = [];
  closed = 0;

  async offer(): Promise<string> {
    return "offer";
  }

  async accept(answer: string): Promise<void> {
    if (answer === "bad") throw new Error("bad answer");
    this.answers.push(answer);
  }

  async send(source: string, track: MediaStreamTrack | null): Promise<void> {
    this.sent.set(source, track);
  }

  close(): void {
    this.closed += 1;
  }

  become(state: PeerState): void {
    this.state = state;
    this.onState.emit(state);
  }
}

let peers: FakePeer[];
let offers: string[];
let isUp: boolean;
let transport: MediaTransport;

beforeEach(() => {
  vi.useFakeTimers();
  peers = [];
  offers = [];
  isUp = true;
  transport = new MediaTransport({
    sendOffer: (sdp) => {
      if (isUp) offers.push(sdp);
      return isUp;
    },
    makePeer: () => {
      peers.push(new FakePeer());
      return newest() as unknown as Peer;
    },
    random: () => 1,
  });
});

afterEach(() => {
  transport.close();
  vi.useRealTimers();
});

function newest(): FakePeer {
  return peers.at(-1) as FakePeer;
}

async function connect(): Promise<void> {
  transport.restart();
  await vi.advanceTimersByTimeAsync(0);
  await transport.accept("answer");
  newest().become("connected");
}

test("one offer is sent and its answer given to the connection", async () => {
  await connect();
  expect(offers).toEqual(["offer"]);
  expect(newest().answers).toEqual(["answer"]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(peers).toHaveLength(1);
});

test("a loss makes a fresh connection that sends the same, and closes the old one", async () => {
  await connect();
  const track = fakeTrack();
  await transport.send("camera", track);
  newest().become("lost");
  await vi.advanceTimersByTimeAsync(300);
  expect(peers).toHaveLength(2);
  expect(peers[0]?.closed).toBe(1);
  expect(newest().sent.get("camera")).toBe(track);
  expect(offers).toHaveLength(2);
});

test("several reports of one loss make one new connection", async () => {
  await connect();
  transport.lost();
  transport.lost();
  peers[0]?.become("lost");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(peers).toHaveLength(2);
});

test("a short interruption heals by itself, a long one does not", async () => {
  await connect();
  newest().become("unstable");
  await vi.advanceTimersByTimeAsync(5_900);
  newest().become("connected");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(peers).toHaveLength(1);
  newest().become("unstable");
  await vi.advanceTimersByTimeAsync(6_300);
  expect(peers).toHaveLength(2);
});

test("no answer, a bad answer and no connection each lead to another try", async () => {
  transport.restart();
  await vi.advanceTimersByTimeAsync(8_300);
  expect(peers).toHaveLength(2);
  await transport.accept("bad");
  await vi.advanceTimersByTimeAsync(600);
  expect(peers).toHaveLength(3);
  await transport.accept("answer");
  await vi.advanceTimersByTimeAsync(15_000 + 1_200);
  expect(peers).toHaveLength(4);
});

test("without signalling it waits to be restarted instead of timing out", async () => {
  isUp = false;
  transport.restart();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(peers).toHaveLength(1);
  isUp = true;
  transport.restart();
  await vi.advanceTimersByTimeAsync(0);
  expect(offers).toEqual(["offer"]);
});

test("closing is for good", async () => {
  await connect();
  transport.lost();
  transport.close();
  transport.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(peers).toHaveLength(1);
});
