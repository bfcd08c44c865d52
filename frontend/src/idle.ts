/**
 * The idle lock of every signed-in page: a page left alone must not stay open.
 *
 * After the page's limit, warned a minute before, the lock form is posted and the page left; one
 * factor opens it again. All tabs share one clock. While somebody is there the server is told once
 * a minute; without that its own idle limit locks, and a day ends every sign-in whatever this says.
 */
import { IdleClock } from "./elements/idle-clock";
import { IdleWarning } from "./elements/idle-warning";
import { LOCK_NOW, LOCKING, PRESENT, tell } from "./elements/page-events";

const WARN_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
const TELL_EVERY_MS = 5_000;
const SAY_EVERY_MS = 60_000;
const SIGNS_OF_LIFE = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "input"];

type Told = { readonly kind: "active" } | { readonly kind: "locked"; readonly url: string };

function watch(form: HTMLFormElement): void {
  const minutes = Number(form.dataset.minutes);
  if (!(minutes > 0)) return;
  const clock = new IdleClock(minutes * 60_000, WARN_MS, Date.now());
  const others = new BroadcastChannel("quietroom.idle");
  const warning = new IdleWarning(() => alive());
  let toldAt = 0;
  let saidAt = Date.now();

  const alive = (): void => {
    const now = Date.now();
    clock.touch(now);
    warning.hide();
    if (now - toldAt < TELL_EVERY_MS) return;
    toldAt = now;
    others.postMessage({ kind: "active" } satisfies Told);
    if (now - saidAt < SAY_EVERY_MS) return;
    saidAt = now;
    void sayPresent(form);
  };
  // While the warning stands, only its own button (or speech) says that somebody is there.
  const sign = (): void => {
    if (!warning.isShown) alive();
  };
  const lock = async (): Promise<void> => {
    clearInterval(timer);
    const url = await postLock(form);
    others.postMessage({ kind: "locked", url } satisfies Told);
    location.replace(url);
  };
  const look = (): void => {
    const now = Date.now();
    if (clock.isOver(now)) void lock();
    else if (clock.isEnding(now)) warning.show(clock.secondsLeft(now));
  };

  for (const name of SIGNS_OF_LIFE) {
    document.addEventListener(name, sign, { passive: true, capture: true });
  }
  document.addEventListener(PRESENT, alive);
  document.addEventListener(LOCK_NOW, () => void lock());
  form.addEventListener("submit", () => tell(LOCKING));
  others.onmessage = ({ data }: MessageEvent<Told>) => {
    if (data.kind === "locked") leave(data.url);
    else {
      clock.touch(Date.now());
      warning.hide();
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
}

/** Media stops first, whatever the network says. Returns where to go. */
async function postLock(form: HTMLFormElement): Promise<string> {
  tell(LOCKING);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      keepalive: true,
    });
    return answer.url;
  } catch {
    return location.href;
  }
}

/** The server's own limit runs on requests: without this, what is typed for long would be lost. */
async function sayPresent(form: HTMLFormElement): Promise<void> {
  const address = form.dataset.presentUrl;
  if (!address) return;
  await fetch(address, { method: "POST", body: new FormData(form) }).catch(() => undefined);
}

function leave(url: string): void {
  tell(LOCKING);
  location.replace(url);
}

// The back button must show nothing of a page that was left.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

const form = document.querySelector<HTMLFormElement>("form[data-lock]");
if (form) watch(form);
