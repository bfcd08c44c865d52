import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Ceremony, PasskeyRefused, runCeremony } from "./passkey-ceremony";

const CEREMONY: Ceremony = {
  kind: "get",
  optionsUrl: "/options/",
  verifyUrl: "/verify/",
  token: "csrf",
  extra: { next: "/session/" },
};

/** The browser's own class, as far as it is used. */
class FakeCredential {
  static parseRequestOptionsFromJSON(json: object): object {
    return { parsed: json };
  }

  static parseCreationOptionsFromJSON(json: object): object {
    return { created: json };
  }

  toJSON(): object {
    return { id: "abc" };
  }
}

let posts: { url: string; body: unknown; token: string | undefined }[];
let answers: { status: number; body: unknown }[];
const get = vi.fn();
const create = vi.fn();

beforeEach(() => {
  posts = [];
  answers = [
    { status: 200, body: { publicKey: { challenge: "x" } } },
    { status: 200, body: { next: "/session/" } },
  ];
  get.mockReset().mockImplementation(async () => new FakeCredential());
  create.mockReset().mockImplementation(async () => new FakeCredential());
  vi.stubGlobal("PublicKeyCredential", FakeCredential);
  vi.stubGlobal("navigator", { credentials: { get, create } });
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    posts.push({ url, body: JSON.parse(String(init.body)), token: headers["X-CSRFToken"] });
    const answer = answers.shift();
    return new Response(JSON.stringify(answer?.body), { status: answer?.status ?? 500 });
  });
});

afterEach(() => vi.unstubAllGlobals());

function refusal(): Promise<string> {
  return runCeremony(CEREMONY).then(
    () => "",
    (error: unknown) => (error instanceof PasskeyRefused ? error.message : "another error"),
  );
}

test("asks for options, then the device, then the server's word", async () => {
  expect(await runCeremony(CEREMONY)).toBe("/session/");
  expect(get).toHaveBeenCalledWith({ publicKey: { parsed: { challenge: "x" } } });
  expect(posts).toEqual([
    { url: "/options/", body: {}, token: "csrf" },
    { url: "/verify/", body: { credential: { id: "abc" }, next: "/session/" }, token: "csrf" },
  ]);
});

test("setting up creates instead of asking", async () => {
  await runCeremony({ ...CEREMONY, kind: "create" });
  expect(create).toHaveBeenCalledWith({ publicKey: { created: { challenge: "x" } } });
  expect(get).not.toHaveBeenCalled();
});

test.each([
  ["NotAllowedError", "It was cancelled or took too long. Try again."],
  ["InvalidStateError", "This device already has a passkey for your account."],
  ["OtherError", "The passkey did not work. Try again."],
])("the device's %s has words", async (name, words) => {
  get.mockRejectedValueOnce(new DOMException("", name));
  expect(await refusal()).toBe(words);
  expect(posts).toHaveLength(1);
});

test("the server's words are passed on", async () => {
  answers[1] = { status: 400, body: { error: "That passkey did not work here." } };
  expect(await refusal()).toBe("That passkey did not work here.");
});

test("a page that is too old leads on", async () => {
  answers[1] = { status: 401, body: { error: "Sign in again.", next: "/sign-in/" } };
  expect(await runCeremony(CEREMONY)).toBe("/sign-in/");
});

test("a server that does not answer is told so", async () => {
  vi.stubGlobal("fetch", vi.fn().mockRejectedValue(new TypeError()));
  expect(await refusal()).toContain("The server did not answer.");
});
