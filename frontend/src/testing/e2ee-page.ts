/**
 * A bare page for tests in a real browser: the room's Peer and the encryption, without a room.
 *
 * Python plays the server: it carries what this page gives and takes as JSON.
 */
import { E2ee, fromBase64, type GroupView, type Identity, type Trouble, toBase64 } from "../e2ee";
import { Peer } from "../room/peer";
import { measureCommits, measureFrames } from "./e2ee-measures";
import { addition, type Forged, forged } from "./forgery";
import { secrets, stolenGroup } from "./stolen";

/** How this page was built: as the product is, or with one of the mistakes that tests must see. */
type Build = "product" | "plain" | "late" | "forgotten";

const elements = new Map<string, HTMLMediaElement>();
const troubles: Trouble[] = [];
const senders: Record<string, string | null> = {};
const told = { ready: -1, switched: -1, switchedAfterMs: 0 };
const tracks: MediaStreamTrack[] = [];
/** What the mistaken build does only after the negotiation. */
const afterwards: (() => void)[] = [];
let e2ee: E2ee | null = null;
let peer: Peer | null = null;
let view: GroupView | null = null;
let appliedAt = 0;
let camera: RTCRtpSender | null = null;

async function open(membership: string, session: string): Promise<unknown> {
  e2ee = new E2ee({ membership, session });
  e2ee.onGroup.add((next) => {
    view = next;
  });
  e2ee.onReady.add(({ epoch }) => {
    told.ready = epoch;
  });
  e2ee.onSwitched.add(({ epoch }) => {
    told.switched = epoch;
    told.switchedAfterMs = performance.now() - appliedAt;
  });
  e2ee.onTrouble.add((trouble) => troubles.push(trouble));
  e2ee.onLine.add(({ mid, admission }) => {
    senders[mid] = admission;
  });
  return e2ee.open();
}

async function offer(build: Build, video: MediaTrackConstraints): Promise<string> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video });
  tracks.push(...stream.getTracks());
  peer = new Peer([], {
    isEncrypted: build === "product" || build === "forgotten",
    lineMade: (line, mid) => {
      if (mid === "1") camera = line.sender;
      if (build === "product") e2ee?.line(line, mid);
      else if (build === "late") afterwards.push(() => e2ee?.line(line, mid));
    },
  });
  await peer.send("mic", stream.getAudioTracks()[0] ?? null);
  const [own] = stream.getVideoTracks();
  if (own) show("1", own);
  await peer.send("camera", own ?? null);
  return peer.offer();
}

async function accept(sdp: string): Promise<void> {
  await peer?.accept(sdp);
  for (const transform of afterwards) transform();
  for (let line = 3; line <= 33; line += 1) {
    const track = peer?.track(String(line));
    if (track) show(String(line), track);
  }
}

function show(mid: string, track: MediaStreamTrack): void {
  const element = document.createElement(track.kind === "audio" ? "audio" : "video");
  element.muted = true;
  element.autoplay = true;
  element.srcObject = new MediaStream([track]);
  elements.set(mid, element);
  document.body.append(element);
}

/** How bright the picture on this line is, 0 to 255, in 32 by 18 fields from its top left. */
function picture(mid: string): number[] {
  const element = elements.get(mid) as HTMLVideoElement;
  const canvas = new OffscreenCanvas(32, 18);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  context.drawImage(element, 0, 0, 32, 18);
  const { data } = context.getImageData(0, 0, 32, 18);
  return Array.from({ length: 32 * 18 }, (_, index) => data[index * 4 + 1] ?? 0);
}

/** When the next frame of this line is on the screen, by the machine's clock. */
function nextFrame(mid: string): Promise<number> {
  const element = elements.get(mid) as HTMLVideoElement;
  return new Promise((resolve) => {
    element.requestVideoFrameCallback(() => resolve(Date.now()));
  });
}

interface Report {
  state: string;
  lines: Record<string, { packets: number; frames: number; freezes: number; samples: number }>;
  sent: Record<string, { frames: number; packets: number; bytes: number }>;
  workers: unknown;
  troubles: readonly Trouble[];
  senders: Record<string, string | null>;
  told: typeof told;
  view: GroupView | null;
  liveTracks: number;
}

async function report(): Promise<Report> {
  const made: Report = {
    state: peer?.state ?? "none",
    lines: {},
    sent: {},
    workers: {},
    troubles: [...troubles],
    senders: { ...senders },
    told: { ...told },
    view,
    liveTracks: tracks.filter(({ readyState }) => readyState === "live").length,
  };
  for (const entry of (await peer?.stats())?.values() ?? []) {
    if (entry.type === "inbound-rtp") {
      made.lines[entry.mid] = {
        packets: entry.packetsReceived,
        frames: entry.framesDecoded ?? 0,
        freezes: entry.freezeCount ?? 0,
        samples: (entry.totalSamplesReceived ?? 0) - (entry.concealedSamples ?? 0),
      };
    } else if (entry.type === "outbound-rtp") {
      made.sent[entry.rid ? `${entry.mid}/${entry.rid}` : entry.mid] = {
        frames: entry.framesSent ?? 0,
        packets: entry.packetsSent,
        bytes: entry.bytesSent,
      };
    }
  }
  made.workers = (await e2ee?.counters()) ?? {};
  return made;
}

/** All three layers, as the relay's wishes would wake them. */
async function wakeLayers(): Promise<void> {
  if (!camera) throw new Error("no camera");
  const parameters = camera.getParameters();
  for (const encoding of parameters.encodings) encoding.active = true;
  await camera.setParameters(parameters);
}

const wire = {
  open,
  offer,
  accept,
  picture,
  nextFrame,
  measureFrames,
  measureCommits,
  report,
  secrets,
  wakeLayers,
  keyPackage: async (identity: Identity) => toBase64(await present().keyPackage(identity)),
  create: (group: string, identity: Identity) => present().create(group, identity),
  commit: async (add: string[], remove: string[]) =>
    wired(await present().commit({ add: add.map(fromBase64), addHosts: [], remove })),
  /** An Add that this page's own code would refuse to make. */
  forge: async (membership: string, session: string, keyPackage: string) => {
    const group = await stolenGroup(membership, session);
    if (!group) throw new Error("no group");
    return wired(await forged(group, [addition(fromBase64(keyPackage))]));
  },
  accepted: () => at(present().accepted()),
  apply: (group: string, epoch: number, commit: string) =>
    at(present().apply(group, epoch, fromBase64(commit))),
  join: (group: string, welcome: string) => at(present().join(group, fromBase64(welcome))),
  drop: () => present().drop(),
  allReady: (epoch: number) => present().allReady(epoch),
  say: async (text: string) => toBase64(await present().say(text, "everybody")),
  close: () => present().close(),
};

function wired({ epoch, commit, welcome }: Forged) {
  return { epoch, commit: toBase64(commit), welcome: welcome && toBase64(welcome) };
}

function at<T>(promise: Promise<T>): Promise<T> {
  appliedAt = performance.now();
  return promise;
}

function present(): E2ee {
  if (!e2ee) throw new Error("not opened");
  return e2ee;
}

export type Page = typeof wire;
Object.assign(globalThis, { page: wire });
