/**
 * The idle lock of every signed-in page: a page left alone must not stay open.
 *
 * Nothing here can keep a sign-in open: the server has its own limit.
 */
import { IdleLock } from "./elements/idle-lock";

// The back button must show nothing of a page that was left.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

const form = document.querySelector<HTMLFormElement>("form[data-lock]");
const minutes = Number(form?.dataset.minutes);
if (form && minutes > 0) new IdleLock(form, minutes * 60_000);
