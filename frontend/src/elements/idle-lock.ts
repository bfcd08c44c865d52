/**
 * Watches for signs of life and locks the page without them: warned a minute before, the lock
 * form is posted and the page left; one factor opens it again. All tabs share one clock.
 */
import { IdleClock } from "./idle-clock";
import { IdleWarning } from "./idle-warning";
import { LOCK_NOW, LOCKING, PRESENT, tell } from "./page-events";

const WARN_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
const TELL_EVERY_MS = 5_000;
const SIGNS_OF_LIFE = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "input"];

type Told = { readonly kind: "active" } | { readonly kind: "locked"; readonly url: string };

export class IdleLock {
  readonly #form: HTMLFormElement;
  readonly #clock: IdleClock;
  readonly #others = new BroadcastChannel("quietroom.idle");
  readonly #warning = new IdleWarning(() => this.#alive());
  readonly #ends = new AbortController();
  #toldAt = 0;

  constructor(form: HTMLFormElement, limitMs: number) {
    this.#form = form;
    this.#clock = new IdleClock(limitMs, WARN_MS, Date.now());
    this.#listen();
  }

  /** Idempotent. */
  stop(): void {
    this.#ends.abort();
    this.#others.close();
    this.#warning.hide();
  }

  #listen(): void {
    const { signal } = this.#ends;
    for (const name of SIGNS_OF_LIFE) {
      const options = { passive: true, capture: true, signal };
      document.addEventListener(name, () => this.#sign(), options);
    }
    document.addEventListener(PRESENT, () => this.#alive(), { signal });
    document.addEventListener(LOCK_NOW, () => void this.#lock(), { signal });
    this.#form.addEventListener("submit", () => tell(LOCKING), { signal });
    this.#others.onmessage = ({ data }: MessageEvent<Told>) => this.#hear(data);
    const timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  /** While the warning stands, only its own button (or speech) says that somebody is there. */
  #sign(): void {
    if (!this.#warning.isShown) this.#alive();
  }

  #alive(): void {
    if (this.#ends.signal.aborted) return;
    const now = Date.now();
    this.#clock.touch(now);
    this.#warning.hide();
    if (now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    this.#others.postMessage({ kind: "active" } satisfies Told);
  }

  #hear(told: Told): void {
    if (told.kind === "locked") {
      tell(LOCKING);
      location.replace(told.url);
      return;
    }
    this.#clock.touch(Date.now());
    this.#warning.hide();
  }

  #look(): void {
    const now = Date.now();
    if (this.#clock.isOver(now)) void this.#lock();
    else if (this.#clock.isEnding(now)) this.#warning.show(this.#clock.secondsLeft(now));
  }

  async #lock(): Promise<void> {
    this.#ends.abort();
    const url = await postLock(this.#form);
    this.#others.postMessage({ kind: "locked", url } satisfies Told);
    location.replace(url);
  }
}

/** Media stops first, whatever the network says. Returns where to go. */
async function postLock(form: HTMLFormElement): Promise<string> {
  tell(LOCKING);
  try {
    const body = new FormData(form);
    return (await fetch(form.action, { method: "POST", body, keepalive: true })).url;
  } catch {
    return location.href;
  }
}
