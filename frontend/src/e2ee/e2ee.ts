/**
 * The page's handle on the worker: one membership in one session.
 *
 * Holds the transceivers, so it also asks for key frames and stops a track whose frames bypass
 * the worker. No key and no MLS state ever comes to this side.
 */
import { askForKeyFrame } from "../room/key-frames";
import { Listeners } from "../room/listeners";
import type { Bytes } from "./bytes";
import { E2eeError } from "./errors";
import { judge, sentBy } from "./guard";
import type {
  Asked,
  Call,
  Calls,
  GroupChange,
  GroupEpoch,
  GroupView,
  Identity,
  LineCounters,
  LineMedia,
  LineOptions,
  MadeCommit,
  Readiness,
  Said,
  Told,
  Trouble,
} from "./protocol";

const GUARD_EVERY_MS = 1_000;
/** For as long a worker may be behind what was encoded. */
const GUARD_LOOKS = 9;
const GUARD_LOOKS_AFTER_MS = 100;

interface Line {
  readonly transceiver: RTCRtpTransceiver;
  readonly options: LineOptions;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class E2ee {
  /** After create, join, restore, each applied commit, and drop. */
  readonly onGroup = new Listeners<GroupView | null>();
  /** The receive keys of this epoch are installed. */
  readonly onReady = new Listeners<Readiness>();
  /** Every sender of this page seals under this epoch. */
  readonly onSwitched = new Listeners<GroupEpoch>();
  /** Whose frames open on a receiving line now; null: nobody's. */
  readonly onLine = new Listeners<{ mid: string; admission: string | null }>();
  readonly onSaid = new Listeners<Said>();
  readonly onTrouble = new Listeners<Trouble>();

  readonly #membership: string;
  readonly #session: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #guard: ReturnType<typeof setInterval>;
  #lines: Line[] = [];
  #generation = 0;
  #asked = 0;

  constructor({ membership, session }: { membership: string; session: string }) {
    this.#membership = membership;
    this.#session = session;
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Told>) => this.#told(data);
    this.#worker.onerror = () => this.#fail("worker.failed");
    this.#guard = setInterval(() => void this.checkSenders(), GUARD_EVERY_MS);
  }

  /** Takes the lock and opens storage: what a reload left behind, or null. */
  open(): Promise<GroupEpoch | null> {
    return this.#ask("open", this.#membership, this.#session);
  }

  /** The private half stays inside and survives a reload; a newer one replaces it. */
  keyPackage(identity: Identity): Promise<Bytes> {
    return this.#ask("keyPackage", identity);
  }

  /** Rejects for a KeyPackage that is invalid. */
  inspect(keyPackage: Bytes): Promise<Identity & { signatureKey: string }> {
    return this.#ask("inspect", keyPackage);
  }

  create(group: string, identity: Identity): Promise<void> {
    return this.#ask("create", group, identity);
  }

  /** The pending commit stays aside until `accepted` or `refused`; there is one at a time. */
  commit(change: GroupChange): Promise<MadeCommit> {
    return this.#ask("commit", change);
  }

  accepted(): Promise<void> {
    return this.#ask("accepted");
  }

  refused(): Promise<void> {
    return this.#ask("refused");
  }

  join(group: string, welcome: Bytes): Promise<void> {
    return this.#ask("join", group, welcome);
  }

  /** Never rejects for a bad commit: that is told as trouble. */
  apply(group: string, epoch: number, commit: Bytes): Promise<void> {
    return this.#ask("apply", group, epoch, commit);
  }

  allReady(epoch: number): void {
    void this.#ask("allReady", epoch).catch(() => {});
  }

  /** Forgets this group and stops the senders; the device key stays. */
  drop(): Promise<void> {
    return this.#ask("drop");
  }

  say(text: string, to: "everybody" | "hosts"): Promise<Bytes> {
    return this.#ask("say", text, to);
  }

  /** Told as `onSaid`, or not at all when it does not open or is not for us. */
  hear(data: Bytes): Promise<void> {
    return this.#ask("hear", data);
  }

  /**
   * MUST be called in the same synchronous step that makes the transceiver: Chromium silently
   * ignores a transform that comes later, and media flows in clear.
   */
  line(transceiver: RTCRtpTransceiver, mid: string): void {
    const options = lineOptions(transceiver, mid, this.#generation);
    const transform = new RTCRtpScriptTransform(this.#worker, options);
    if (options.sends) transceiver.sender.transform = transform;
    else transceiver.receiver.transform = transform;
    this.#lines.push({ transceiver, options });
  }

  /** The connection is gone: a fresh one calls `line` again for each of its lines. */
  linesGone(): void {
    this.#lines = [];
    void this.#ask("linesGone", this.#generation).catch(() => {});
    this.#generation += 1;
  }

  /** By mid, of the present connection. */
  async counters(): Promise<Record<string, LineCounters>> {
    const all = await this.#ask("counters");
    const present = all.filter(({ generation }) => generation === this.#generation);
    return Object.fromEntries(present.map((line) => [line.mid, line]));
  }

  /** Stops every track of a line that has sent what the worker never saw. Runs every second. */
  async checkSenders(): Promise<void> {
    const lines = this.#lines.filter(({ options }) => options.sends);
    const reports = lines.map(({ transceiver }) => transceiver.sender.getStats().then(sentBy));
    const sent = await Promise.all(reports).catch(() => null);
    for (let look = 1; sent; look += 1) {
      const seen = await this.counters().catch(() => null);
      // A connection or worker that has gone in between sends nothing any more.
      if (!seen || lines[0]?.options.generation !== this.#generation) return;
      const verdicts = lines.map(({ options }, index) =>
        judge(sent[index] ?? [], seen[options.mid]),
      );
      if (verdicts.every((verdict) => verdict === "sound")) return;
      if (verdicts.includes("leak") || look === GUARD_LOOKS) {
        this.#stop(lines.filter((_, index) => verdicts[index] !== "sound"));
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, GUARD_LOOKS_AFTER_MS));
    }
  }

  #stop(leaking: readonly Line[]): void {
    for (const { transceiver } of leaking) {
      transceiver.sender.track?.stop();
      void transceiver.sender.replaceTrack(null);
    }
    this.onTrouble.emit("clear-media");
  }

  /** The worker ends and with it the lock; what is stored stays for a reload. Idempotent. */
  close(): void {
    clearInterval(this.#guard);
    this.#worker.terminate();
    this.#fail("worker.closed");
    this.#lines = [];
  }

  /** The session has ended: what is stored of its group is deleted, the device key stays. */
  forget(): Promise<void> {
    return this.#ask("forget");
  }

  #ask<C extends Call>(call: C, ...given: Parameters<Calls[C]>): ReturnType<Calls[C]> {
    this.#asked += 1;
    const asked: Asked = { id: this.#asked, call, arguments: given };
    const answer = new Promise((resolve, reject) => {
      this.#waiting.set(asked.id, { resolve, reject });
    });
    this.#worker.postMessage(asked);
    return answer as ReturnType<Calls[C]>;
  }

  #told(told: Told): void {
    switch (told.kind) {
      case "answer":
        this.#settle(told.id)?.resolve(told.value);
        break;
      case "failed":
        this.#settle(told.id)?.reject(new E2eeError(told.code));
        break;
      case "group":
        this.onGroup.emit(told.view);
        break;
      case "ready":
        this.onReady.emit(told.at);
        if (told.at.switched) this.#switched(told.at);
        break;
      case "switched":
        this.#switched(told.at);
        break;
      case "line":
        this.onLine.emit({ mid: told.mid, admission: told.admission });
        break;
      case "said":
        this.onSaid.emit(told.said);
        break;
      case "trouble":
        this.onTrouble.emit(told.trouble);
        break;
    }
  }

  #switched({ group, epoch }: GroupEpoch): void {
    this.#askForKeyFrames();
    this.onSwitched.emit({ group, epoch });
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #fail(code: string): void {
    for (const { reject } of this.#waiting.values()) reject(new E2eeError(code));
    this.#waiting.clear();
  }

  /** Chromium has no generateKeyFrame in workers; this works in it, and Firefox sends one alone. */
  #askForKeyFrames(): void {
    for (const { transceiver, options } of this.#lines) {
      if (options.sends) askForKeyFrame(transceiver.sender);
    }
  }
}

const SENDS: Readonly<Record<string, LineMedia>> = { "0": "mic", "1": "camera", "2": "screen" };
const SCREEN_RECEIVER = "33";

function lineOptions(line: RTCRtpTransceiver, mid: string, generation: number): LineOptions {
  const sent = SENDS[mid];
  if (sent) return { mid, generation, media: sent, sends: true };
  const isAudio = line.receiver.track.kind === "audio";
  const media = isAudio ? "audio" : mid === SCREEN_RECEIVER ? "screen" : "camera";
  return { mid, generation, media, sends: false };
}
