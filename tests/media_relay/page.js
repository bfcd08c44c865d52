// A bare client: the 34 lines of the call, and counters.
const RECEIVED = new Map();

async function offer({ video = true, width = 320, iceServers = [] } = {}) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: video && { width, height: (9 * width) / 16, frameRate: 15 },
  });
  const codecs = (kind, names) =>
    RTCRtpReceiver.getCapabilities(kind).codecs.filter((codec) => names.includes(codec.mimeType));
  const opus = codecs("audio", ["audio/opus"]);
  const vp8 = codecs("video", ["video/VP8", "video/rtx"]);
  // With a TURN server there is no other way: as behind a firewall.
  const iceTransportPolicy = iceServers.length ? "relay" : "all";
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers, iceTransportPolicy });
  window.pc = pc;
  const add = (track, options, preferred) =>
    pc.addTransceiver(track, options).setCodecPreferences(preferred);
  add(stream.getAudioTracks()[0], { direction: "sendonly" }, opus);
  const sendEncodings = [
    { rid: "h", maxBitrate: 900_000 },
    { rid: "m", maxBitrate: 250_000, scaleResolutionDownBy: 2 },
    { rid: "l", maxBitrate: 70_000, scaleResolutionDownBy: 4 },
  ];
  add(stream.getVideoTracks()[0] ?? "video", { direction: "sendonly", sendEncodings }, vp8);
  add("video", { direction: "sendonly" }, vp8);
  for (let line = 0; line < 15; line++) add("audio", { direction: "recvonly" }, opus);
  for (let line = 0; line < 16; line++) add("video", { direction: "recvonly" }, vp8);
  const made = await pc.createOffer();
  const sdp = made.sdp.replace(/^a=rtpmap:(\d+) opus.*\r\n/gm, "$&a=rtcp-fb:$1 nack\r\n");
  await pc.setLocalDescription({ type: "offer", sdp });
  return sdp;
}

async function accept(sdp) {
  await pc.setRemoteDescription({ type: "answer", sdp });
  for (const transceiver of pc.getTransceivers()) {
    if (transceiver.direction !== "recvonly") continue;
    const element = document.createElement(transceiver.receiver.track.kind);
    element.muted = true;
    element.autoplay = true;
    element.srcObject = new MediaStream([transceiver.receiver.track]);
    RECEIVED.set(transceiver.mid, element);
    document.body.append(element);
  }
}

async function counters() {
  const found = { state: pc.connectionState, lines: {}, sent: {}, available: 0 };
  for (const report of (await pc.getStats()).values()) {
    if (report.type === "inbound-rtp") {
      found.lines[report.mid] = {
        packets: report.packetsReceived,
        lost: report.packetsLost,
        frames: report.framesDecoded ?? 0,
        width: report.frameWidth ?? 0,
        keyFrames: report.keyFramesDecoded ?? 0,
        freezes: report.freezeCount ?? 0,
        samples: (report.totalSamplesReceived ?? 0) - (report.concealedSamples ?? 0),
        concealed: report.concealedSamples ?? 0,
        retransmitted: report.retransmittedPacketsReceived ?? 0,
        plis: report.pliCount ?? 0,
        nacks: report.nackCount ?? 0,
        playout: report.estimatedPlayoutTimestamp ?? 0,
      };
    } else if (report.type === "outbound-rtp") {
      const name = report.rid ? `${report.mid}/${report.rid}` : report.mid;
      found.sent[name] = {
        packets: report.packetsSent,
        frames: report.framesSent ?? 0,
        bytes: report.bytesSent,
        retransmitted: report.retransmittedPacketsSent ?? 0,
        plis: report.pliCount ?? 0,
        nacks: report.nackCount ?? 0,
      };
    } else if (report.type === "candidate-pair" && report.nominated) {
      found.available = report.availableOutgoingBitrate ?? 0;
      found.roundTrip = report.currentRoundTripTime;
    } else if (report.type === "transport") {
      found.srtp = report.srtpCipher;
    }
  }
  return found;
}

async function firstFrame(mid) {
  const before = performance.now();
  const element = RECEIVED.get(mid);
  await new Promise((done) => element.requestVideoFrameCallback(done));
  return performance.now() - before;
}
