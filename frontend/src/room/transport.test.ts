import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeTrack } from "../testing/fake-media";
import {
  FakePeerConnection,
  OFFER_SDP,
  stubPeerConnections,
} from "../testing/fake-peer-connection";
import { withOpusSettings } from "./sdp";
import { MediaTransport } from "./transport";

const OFFER = withOpusSettings(OFFER_SDP);

let offers: string[];
let isUp: boolean;
let transport: MediaTransport;

beforeEach(() => {
  vi.useFakeTimers();
  stubPeerConnections();
  offers = [];
  isUp = true;
  transport = new MediaTransport({
    sendOffer: (sdp) => {
      if (isUp) offers.push(sdp);
      return isUp;
    },
    random: () => 1,
  });
});

afterEach(() => {
  transport.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function newest(): FakePeerConnection {
  return FakePeerConnection.newest;
}

async function connect(): Promise<void> {
  transport.restart();
  await vi.advanceTimersByTimeAsync(0);
  await transport.accept("v=0\r\n");
  newest().become("connected");
}

test("one offer is sent and its answer given to the connection", async () => {
  await connect();
  expect(offers).toEqual([OFFER]);
  expect(newest().remote).toEqual([{ type: "answer", sdp: "v=0\r\n" }]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakePeerConnection.made).toHaveLength(1);
});

test("a loss makes a fresh connection that sends the same, and closes the old one", async () => {
  await connect();
  const track = fakeTrack();
  await transport.send("camera", track);
  newest().become("failed");
  await vi.advanceTimersByTimeAsync(300);
  expect(FakePeerConnection.made).toHaveLength(2);
  expect(FakePeerConnection.made[0]?.isClosed).toBe(true);
  expect(newest().lines[1]?.sender.track).toBe(track);
  expect(offers).toHaveLength(2);
});

test("several reports of one loss make one new connection", async () => {
  await connect();
  transport.lost();
  transport.lost();
  FakePeerConnection.made[0]?.become("failed");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(FakePeerConnection.made).toHaveLength(2);
});

test("a short interruption heals by itself, a long one does not", async () => {
  await connect();
  newest().become("disconnected");
  await vi.advanceTimersByTimeAsync(5_900);
  newest().become("connected");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(FakePeerConnection.made).toHaveLength(1);
  newest().become("disconnected");
  await vi.advanceTimersByTimeAsync(6_300);
  expect(FakePeerConnection.made).toHaveLength(2);
});

test("no answer, a bad answer and no connection each lead to another try", async () => {
  transport.restart();
  await vi.advanceTimersByTimeAsync(8_300);
  expect(FakePeerConnection.made).toHaveLength(2);
  await transport.accept("bad");
  await vi.advanceTimersByTimeAsync(600);
  expect(FakePeerConnection.made).toHaveLength(3);
  await transport.accept("v=0\r\n");
  await vi.advanceTimersByTimeAsync(15_000 + 1_200);
  expect(FakePeerConnection.made).toHaveLength(4);
});

test("without signalling it waits to be restarted instead of timing out", async () => {
  isUp = false;
  transport.restart();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakePeerConnection.made).toHaveLength(1);
  isUp = true;
  transport.restart();
  await vi.advanceTimersByTimeAsync(0);
  expect(offers).toEqual([OFFER]);
});

test("closing is for good", async () => {
  await connect();
  transport.lost();
  transport.close();
  transport.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakePeerConnection.made).toHaveLength(1);
});
