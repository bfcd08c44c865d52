import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeTrack } from "../testing/fake-media";
import {
  FakePeerConnection,
  OFFER_SDP,
  stubPeerConnections,
} from "../testing/fake-peer-connection";
import { Peer } from "./peer";

beforeEach(stubPeerConnections);
afterEach(() => vi.unstubAllGlobals());

test("the offer has its 34 lines in the order that the relay relies on", () => {
  new Peer([]);
  const lines = FakePeerConnection.newest.lines.map(({ kind, init }) => [kind, init.direction]);
  expect(lines).toEqual([
    ["audio", "sendonly"],
    ["video", "sendonly"],
    ["video", "sendonly"],
    ...Array(15).fill(["audio", "recvonly"]),
    ...Array(15).fill(["video", "recvonly"]),
    ["video", "recvonly"],
  ]);
});

test("the camera is sent in three layers, the largest first", () => {
  new Peer([]);
  const layers = FakePeerConnection.newest.lines[1]?.init.sendEncodings;
  expect(layers?.map(({ rid, scaleResolutionDownBy }) => [rid, scaleResolutionDownBy])).toEqual([
    ["h", undefined],
    ["m", 2],
    ["l", 4],
  ]);
});

test("only Opus, VP8 and its retransmission are offered", () => {
  new Peer([]);
  const { lines } = FakePeerConnection.newest;
  expect(lines[0]?.codecs).toEqual(["audio/opus"]);
  expect(lines[1]?.codecs).toEqual(["video/VP8", "video/rtx"]);
  expect(lines[33]?.codecs).toEqual(["video/VP8", "video/rtx"]);
});

test("every line is shown to the transform before the constructor returns", () => {
  const mids: string[] = [];
  new Peer([], { lineMade: (_, mid) => mids.push(mid) });
  expect(mids).toEqual(Array.from({ length: 34 }, (_, index) => String(index)));
});

test.each([true, false])(
  "nothing may pass without a transform when encrypted: %s",
  (isEncrypted) => {
    new Peer([], { isEncrypted });
    expect(FakePeerConnection.newest.configuration).toMatchObject({
      encodedInsertableStreams: isEncrypted,
    });
  },
);

test("what is offered is what was set locally", async () => {
  const offer = await new Peer([]).offer();
  expect(offer).not.toBe(OFFER_SDP);
  expect(offer).toContain("a=rtcp-fb:111 nack");
  expect(FakePeerConnection.newest.local).toEqual([{ type: "offer", sdp: offer }]);
});

test("a second answer changes nothing", async () => {
  const peer = new Peer([]);
  await peer.accept("v=0\r\n");
  await peer.accept("v=0\r\ns=other\r\n");
  expect(FakePeerConnection.newest.remote).toHaveLength(1);
});

test("a source is sent by replacing its line's track", async () => {
  const peer = new Peer([]);
  const track = fakeTrack();
  await peer.send("camera", track);
  expect(FakePeerConnection.newest.lines[1]?.sender.track).toBe(track);
  await peer.send("camera", null);
  expect(FakePeerConnection.newest.lines[1]?.sender.track).toBeNull();
});

test("a mapped line gives its receiving track, an unknown one none", () => {
  const peer = new Peer([]);
  expect(peer.track("18")?.id).toBe("track 18");
  expect(peer.track("34")).toBeNull();
});

test("the connection's states are told once each, and none after closing", () => {
  const peer = new Peer([]);
  const states: string[] = [];
  peer.onState.add((state) => states.push(state));
  for (const state of ["connecting", "connected", "disconnected", "failed"] as const) {
    FakePeerConnection.newest.become(state);
  }
  peer.close();
  expect(states).toEqual(["connected", "unstable", "lost"]);
  expect(FakePeerConnection.newest.isClosed).toBe(true);
});
