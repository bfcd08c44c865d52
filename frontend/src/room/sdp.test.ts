// @vitest-environment node
import { expect, test } from "vitest";
import { withOpusSettings } from "./sdp";

const OFFER = [
  "v=0",
  "o=- 1 2 IN IP4 127.0.0.1",
  "s=-",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=mid:0",
  "a=rtpmap:111 opus/48000/2",
  "a=rtcp-fb:111 transport-cc",
  "a=fmtp:111 minptime=10;useinbandfec=1",
  "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
  "a=mid:1",
  "a=rtpmap:96 VP8/90000",
  "a=rtcp-fb:96 nack",
  "a=rtpmap:97 rtx/90000",
  "a=fmtp:97 apt=96",
  "",
].join("\r\n");

test("audio gets NACK, constant bit rate and no silence suppression", () => {
  const lines = withOpusSettings(OFFER).split("\r\n");
  expect(lines).toContain("a=rtcp-fb:111 nack");
  expect(lines).toContain("a=fmtp:111 minptime=10;cbr=1;usedtx=0;useinbandfec=1");
});

test("video is left as it was", () => {
  const video = (sdp: string) => sdp.slice(sdp.indexOf("m=video"));
  expect(video(withOpusSettings(OFFER))).toBe(video(OFFER));
});

test("doing it twice is doing it once", () => {
  const once = withOpusSettings(OFFER);
  expect(withOpusSettings(once)).toBe(once);
});

test("every audio section is changed, with its own payload type", () => {
  const two = `${OFFER}m=audio 9 UDP/TLS/RTP/SAVPF 109\r\na=rtpmap:109 opus/48000/2\r\n`;
  const lines = withOpusSettings(two).split("\r\n");
  expect(lines).toContain("a=rtcp-fb:109 nack");
  expect(lines).toContain("a=fmtp:109 cbr=1;usedtx=0;useinbandfec=1");
});

test("a section without Opus is left as it was", () => {
  const plain = "v=0\r\nm=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";
  expect(withOpusSettings(plain)).toBe(plain);
});

test("what the other side asked against is overruled", () => {
  const other = OFFER.replace("minptime=10;useinbandfec=1", "usedtx=1;cbr=0");
  expect(withOpusSettings(other)).toContain("a=fmtp:111 cbr=1;usedtx=0;useinbandfec=1");
});
