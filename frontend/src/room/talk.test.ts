import { beforeEach, expect, test, vi } from "vitest";
import type { GroupView, Member, Said } from "../e2ee";
import { snapshot } from "../testing/snapshots";
import { parse, Talk } from "./talk";

const OWN = "22222222-2222-4222-8222-222222222222";
const speak = vi.fn<(text: string, to: "everybody" | "hosts") => Promise<boolean>>();

function member(admission: string, change: Partial<Member> = {}): Member {
  return {
    admission,
    alias: admission,
    leaf: 0,
    signatureKey: "",
    isHost: false,
    own: false,
    ...change,
  };
}

function view(code: string, ...members: Member[]): GroupView {
  return { group: "g", epoch: 1, members, code };
}

function said(word: object, from = member("ben"), toHosts = false): Said {
  return { from, text: JSON.stringify(word), toHosts, epoch: 1 };
}

function talk(): Talk {
  const made = new Talk(speak);
  made.know(snapshot());
  return made;
}

beforeEach(() => {
  speak.mockReset().mockResolvedValue(true);
});

test("what was written is shown once it has left", async () => {
  const own = talk();
  expect(await own.write("hello", false)).toBe(true);
  expect(own.state.lines).toMatchObject([{ text: "hello", own: true, toHosts: false }]);
  speak.mockResolvedValue(false);
  expect(await own.write("lost", false)).toBe(false);
  speak.mockRejectedValue(new Error("group.none"));
  expect(await own.write("lost too", false)).toBe(false);
  expect(own.state.lines).toHaveLength(1);
});

test("a note is sealed for the hosts", async () => {
  await talk().write("only you", true);
  expect(speak).toHaveBeenCalledWith(expect.stringContaining("only you"), "hosts");
});

test("hands stand in the order in which they went up", () => {
  const own = talk();
  own.see(view("1", member(OWN), member("ben")));
  own.hear(said({ kind: "hand", up: true }));
  own.raise(true);
  expect(own.state.hands).toEqual(["ben", OWN]);
  own.hear(said({ kind: "hand", up: false }));
  expect(own.state.hands).toEqual([OWN]);
});

test("a newcomer is told of a hand that is up, and one who left holds none up", () => {
  const own = talk();
  own.see(view("1", member(OWN), member("ben")));
  own.hear(said({ kind: "hand", up: true }));
  own.raise(true);
  speak.mockClear();
  own.see(view("2", member(OWN), member("cleo")));
  expect(speak).toHaveBeenCalledWith('{"kind":"hand","up":true}', "everybody");
  expect(own.state.hands).toEqual([OWN]);
});

test("only a host makes everybody compare, and the code stays while they do", () => {
  const own = talk();
  own.see(view("1", member(OWN)));
  own.hear(said({ kind: "compare", on: true }));
  expect(own.state.isComparing).toBe(false);
  own.hear(said({ kind: "compare", on: true }, member("thea", { isHost: true })));
  own.see(view("2", member(OWN)));
  expect(own.state).toMatchObject({ code: "1", isComparing: true, isStale: true });
  own.hear(said({ kind: "compare", on: false }, member("thea", { isHost: true })));
  expect(own.state).toMatchObject({ code: "2", isComparing: false });
});

test("leaving the group leaves nothing", async () => {
  const own = talk();
  await own.write("hello", false);
  own.clear();
  expect(own.state.lines).toEqual([]);
});

test.each([
  "",
  "null",
  "[]",
  '{"kind":"chat"}',
  '{"kind":"chat","text":7}',
  '{"kind":"hand","up":"yes"}',
  '{"kind":"reaction","reaction":"shout"}',
  '{"kind":"run","text":"x"}',
])("%s is no word of ours", (text) => {
  expect(parse(text)).toBeNull();
});

test("a word too long is cut", () => {
  const word = parse(JSON.stringify({ kind: "chat", text: "x".repeat(5_000) }));
  expect(word).toEqual({ kind: "chat", text: "x".repeat(1_000) });
});
