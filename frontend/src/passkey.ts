/**
 * Passkeys on a page: `form[data-passkey="enrol"|"step-up"|"sign-in"]` with the two addresses of
 * the conversation (accounts/views/sign_in.py describes it). Without script, or without a browser
 * that can, its button stays hidden and the page's other way remains.
 */
import { type Ceremony, PasskeyRefused, runCeremony } from "./elements/passkey-ceremony";

function prepare(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>("[data-passkey-button]");
  if (!button || !("PublicKeyCredential" in window)) return;
  button.hidden = false;
  button.addEventListener("click", () => void run(form, button));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void run(form, button);
  });
}

async function run(form: HTMLFormElement, button: HTMLButtonElement): Promise<void> {
  if (button.disabled) return;
  button.disabled = true;
  say(form, "");
  try {
    location.assign(await runCeremony(ceremonyOf(form)));
  } catch (error) {
    say(form, error instanceof PasskeyRefused ? error.message : "That did not work. Try again.");
    button.disabled = false;
  }
}

function ceremonyOf(form: HTMLFormElement): Ceremony {
  const fields = Object.fromEntries(
    [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  );
  const { csrfmiddlewaretoken = "", ...extra } = fields;
  return {
    kind: form.dataset.passkey === "enrol" ? "create" : "get",
    optionsUrl: form.dataset.optionsUrl ?? "",
    verifyUrl: form.dataset.verifyUrl ?? "",
    token: csrfmiddlewaretoken,
    extra,
  };
}

function say(form: HTMLFormElement, text: string): void {
  const status = form.querySelector("[data-passkey-status]");
  if (status) status.textContent = text;
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) prepare(form);
