/**
 * Passkeys on a page: `form[data-passkey="get"|"create"]` with the two addresses of the
 * conversation (accounts/views/sign_in.py describes it). Without script, or without a browser
 * that can, the form stays hidden and the page's other way remains.
 */
import { type Ceremony, PasskeyRefused, runCeremony } from "./elements/passkey-ceremony";

function prepare(form: HTMLFormElement): void {
  if (!("PublicKeyCredential" in window)) {
    form.hidden = true;
    return;
  }
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void run(form);
  });
}

async function run(form: HTMLFormElement): Promise<void> {
  const button = form.querySelector("button");
  say(form, "");
  if (button) button.disabled = true;
  try {
    location.assign(await runCeremony(ceremonyOf(form)));
  } catch (error) {
    say(form, error instanceof PasskeyRefused ? error.message : "That did not work. Try again.");
  } finally {
    if (button) button.disabled = false;
  }
}

function ceremonyOf(form: HTMLFormElement): Ceremony {
  const fields = Object.fromEntries(
    [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  );
  const { csrfmiddlewaretoken = "", ...extra } = fields;
  return {
    kind: form.dataset.passkey === "create" ? "create" : "get",
    optionsUrl: form.dataset.optionsUrl ?? "",
    verifyUrl: form.dataset.verifyUrl ?? "",
    token: csrfmiddlewaretoken,
    extra,
  };
}

function say(form: HTMLFormElement, text: string): void {
  const status = form.querySelector<HTMLElement>("[data-passkey-status]");
  if (!status) return;
  status.textContent = text;
  status.hidden = text === "";
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) prepare(form);
