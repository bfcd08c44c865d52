/** One WebAuthn conversation: options from the server, the person's device, the server's answer. */
export interface Ceremony {
  readonly kind: "get" | "create";
  readonly optionsUrl: string;
  readonly verifyUrl: string;
  readonly token: string;
  /** Further fields of the form, such as the passkey's name or where to go next. */
  readonly extra: Readonly<Record<string, string>>;
}

/** Its message is for the person. */
export class PasskeyRefused extends Error {}

interface Options {
  readonly publicKey:
    | PublicKeyCredentialRequestOptionsJSON
    | PublicKeyCredentialCreationOptionsJSON;
}

interface Verdict {
  readonly next?: string;
  readonly error?: string;
}

/** Returns the address to go to. Raises PasskeyRefused. */
export async function runCeremony(ceremony: Ceremony): Promise<string> {
  const options = await post<Options>(ceremony, ceremony.optionsUrl, {});
  const credential = await withDevice(ceremony.kind, options);
  const verdict = await post<Verdict>(ceremony, ceremony.verifyUrl, {
    credential: credential.toJSON(),
    ...ceremony.extra,
  });
  return verdict.next ?? "/";
}

async function withDevice(kind: Ceremony["kind"], options: Options): Promise<PublicKeyCredential> {
  try {
    return await (kind === "create" ? create(options) : get(options));
  } catch (error) {
    throw new PasskeyRefused(deviceWords(error));
  }
}

async function get({ publicKey }: Options): Promise<PublicKeyCredential> {
  const parsed = PublicKeyCredential.parseRequestOptionsFromJSON(
    publicKey as PublicKeyCredentialRequestOptionsJSON,
  );
  return asPasskey(await navigator.credentials.get({ publicKey: parsed }));
}

async function create({ publicKey }: Options): Promise<PublicKeyCredential> {
  const parsed = PublicKeyCredential.parseCreationOptionsFromJSON(
    publicKey as PublicKeyCredentialCreationOptionsJSON,
  );
  return asPasskey(await navigator.credentials.create({ publicKey: parsed }));
}

function asPasskey(credential: Credential | null): PublicKeyCredential {
  if (credential instanceof PublicKeyCredential) return credential;
  throw new PasskeyRefused("The device gave no passkey. Try again.");
}

function deviceWords(error: unknown): string {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError") return "It was cancelled or took too long. Try again.";
  if (name === "InvalidStateError") return "This device already has a passkey for your account.";
  if (name === "SecurityError") return "Passkeys do not work at this address.";
  return error instanceof PasskeyRefused ? error.message : "The passkey did not work. Try again.";
}

async function post<T>({ token }: Ceremony, url: string, body: object): Promise<T> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new PasskeyRefused("The server did not answer. Check the connection and try again.");
  });
  const said = (await answer.json().catch(() => ({}))) as T & Verdict;
  // 401 with `next`: the page is too old for this, and another one can go on.
  if (answer.ok || (answer.status === 401 && said.next)) return said;
  throw new PasskeyRefused(said.error ?? "That did not work. Load the page again.");
}
