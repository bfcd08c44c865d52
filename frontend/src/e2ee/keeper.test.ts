// @vitest-environment node
import { describe, expect, it } from "vitest";
import { admit, founder, GROUP, remove, TestMember, until } from "../testing/members";
import { FrameOpener, sealFrame } from "./frames";
import type { KeyRing } from "./keys";

const FRAME = Uint8Array.from({ length: 50 }, (_, index) => index * 2 + 1);
const NOTHING = { add: [], addHosts: [], remove: [] };

async function opens(from: KeyRing, to: KeyRing): Promise<boolean> {
  const sealed = await sealFrame(from, "camera", FRAME, undefined);
  if (!sealed) return false;
  return typeof (await new FrameOpener(to, "camera").open(sealed)) !== "string";
}

/** Thea's group with Ana and Ben in it. */
async function three(): Promise<[TestMember, TestMember, TestMember]> {
  const [thea, ana, ben] = [await founder(), new TestMember("Ana"), new TestMember("Ben")];
  await admit(thea, ana);
  await admit(thea, ben, [ana]);
  for (const { keeper } of [thea, ana, ben]) await keeper.allReady(2);
  return [thea, ana, ben];
}

describe("an admission", () => {
  it("gives everybody the same members, the same code and each other's frames", async () => {
    const all = await three();
    for (const one of all) {
      expect(one.view?.code).toMatch(/^\d{30}$/);
      expect(one.view?.code).toBe(all[0].view?.code);
      expect(one.view?.members.map(({ alias, isHost }) => [alias, isHost])).toEqual([
        ["Thea", true],
        ["Ana", false],
        ["Ben", false],
      ]);
      for (const other of all) expect(await opens(one.ring, other.ring)).toBe(one !== other);
    }
  });

  it("lets the newcomer be ready and send at once", async () => {
    const [thea, ana] = [await founder(), new TestMember("Ana")];
    await admit(thea, ana);
    expect(ana.readies).toEqual([{ group: GROUP, epoch: 1, switched: true }]);
    expect(ana.ring.sendingEpoch).toBe(1);
  });

  it("into a group of one lets that one switch at once: nobody else reads the former epoch", async () => {
    const [thea, ana] = [await founder(), new TestMember("Ana")];
    await admit(thea, ana);
    expect(thea.readies.at(-1)).toEqual({ group: GROUP, epoch: 1, switched: true });
    expect(thea.ring.sendingEpoch).toBe(1);
  });

  it("keeps senders on the former epoch until everybody is ready who reads it", async () => {
    const [thea, ana, ben] = [await founder(), new TestMember("Ana"), new TestMember("Ben")];
    await admit(thea, ana);
    await admit(thea, ben, [ana]);
    expect(thea.readies.at(-1)).toEqual({ group: GROUP, epoch: 2, switched: false });
    expect([thea.ring.sendingEpoch, ana.ring.sendingEpoch]).toEqual([1, 1]);
    await thea.keeper.allReady(2);
    expect(thea.ring.sendingEpoch).toBe(2);
    expect(thea.switches.at(-1)).toEqual({ group: GROUP, epoch: 2 });
  });

  it("does not wait longer than a second for that", async () => {
    const [thea, ana, ben] = [await founder(), new TestMember("Ana"), new TestMember("Ben")];
    await admit(thea, ana);
    await admit(thea, ben, [ana]);
    const from = performance.now();
    await until(() => thea.ring.sendingEpoch === 2);
    expect(performance.now() - from).toBeGreaterThan(800);
  });

  it("of somebody who never was added opens nothing", async () => {
    const [thea] = await three();
    const mallory = new TestMember("Mallory");
    await mallory.keeper.create(GROUP, mallory.identity);
    expect(await opens(thea.ring, mallory.ring)).toBe(false);
    expect(await opens(mallory.ring, thea.ring)).toBe(false);
  });

  it("with a welcome for somebody else is told as lost state", async () => {
    const [thea, ana, ben] = [await founder(), new TestMember("Ana"), new TestMember("Ben")];
    await ben.keyPackage();
    const { welcome } = await thea.keeper.commit({ ...NOTHING, add: [await ana.keyPackage()] });
    if (!welcome) throw new Error("nobody was welcomed");
    await ben.keeper.join(GROUP, welcome);
    expect(ben.troubles).toEqual(["lost-state"]);
    expect(ben.view).toBeNull();
    await ana.keeper.join(GROUP, welcome);
    expect(ana.troubles).toEqual([]);
  });

  it("to a group of another name than the server said is refused", async () => {
    const [thea, ana] = [await founder(), new TestMember("Ana")];
    const { welcome } = await thea.keeper.commit({ ...NOTHING, add: [await ana.keyPackage()] });
    if (!welcome) throw new Error("nobody was welcomed");
    await ana.keeper.join("88888888-0000-4000-8000-000000000000", welcome);
    expect(ana.troubles).toEqual(["lost-state"]);
  });
});

describe("twenty changes in a row", () => {
  it("leave all who stay on one code, each reading each other", async () => {
    const thea = await founder();
    const tom = new TestMember("Tom");
    await admit(thea, tom, [], true);
    const there: TestMember[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      const [host, other] = turn % 2 === 0 ? [thea, tom] : [tom, thea];
      const leaves = turn % 3 === 2 ? there.splice(turn % there.length, 1)[0] : undefined;
      if (leaves) {
        await remove(host, leaves, [other, ...there]);
      } else {
        const newcomer = new TestMember(`Ana ${turn}`);
        await admit(host, newcomer, [other, ...there]);
        there.push(newcomer);
      }
    }
    const codes = new Set([thea, tom, ...there].map(({ view }) => view?.code));
    expect(codes.size).toBe(1);
    expect([thea, tom, ...there].flatMap(({ troubles }) => troubles)).toEqual([]);
  }, 30_000);
});

describe("a removal", () => {
  it("switches senders at once, and the removed opens nothing of the new epoch", async () => {
    const [thea, ana, ben] = await three();
    const { epoch, commit } = await remove(thea, ben, [ana]);
    expect([thea.ring.sendingEpoch, ana.ring.sendingEpoch]).toEqual([3, 3]);
    expect(await opens(thea.ring, ben.ring)).toBe(false);
    expect(await opens(thea.ring, ana.ring)).toBe(true);
    await ben.keeper.apply(GROUP, epoch, commit);
    expect(ben.view).toBeNull();
    expect(ben.ring.sendingEpoch).toBeNull();
    expect(await opens(thea.ring, ben.ring)).toBe(false);
  });

  it.each([
    ["the same device", true],
    ["another device", false],
  ])("and a fresh leaf for %s fit into one commit", async (_, isSame) => {
    const [thea, ana, ben] = await three();
    const again = isSame ? new TestMember("Ben", ben.shelf) : new TestMember("Ben");
    const change = { add: [await again.keyPackage()], addHosts: [], remove: [ben.admission] };
    const { epoch, commit, welcome } = await thea.keeper.commit(change);
    await thea.keeper.accepted();
    await ana.keeper.apply(GROUP, epoch, commit);
    await ben.keeper.apply(GROUP, epoch, commit);
    expect([ben.view, ben.troubles]).toEqual([null, []]);
    if (!welcome) throw new Error("nobody was welcomed");
    await again.keeper.join(GROUP, welcome);
    expect(again.view?.code).toBe(ana.view?.code);
    expect(await opens(ana.ring, again.ring)).toBe(true);
  });
});

describe("authority", () => {
  it("a member may not add or remove, but may renew its own keys", async () => {
    const [thea, ana, ben] = await three();
    const cleo = new TestMember("Cleo");
    const adds = ana.keeper.commit({ ...NOTHING, add: [await cleo.keyPackage()] });
    await expect(adds).rejects.toMatchObject({ code: "commit.not_by_host" });
    const removes = ana.keeper.commit({ ...NOTHING, remove: [ben.admission] });
    await expect(removes).rejects.toMatchObject({ code: "commit.not_by_host" });
    const { epoch, commit } = await ana.keeper.commit(NOTHING);
    await ana.keeper.accepted();
    for (const other of [thea, ben]) await other.keeper.apply(GROUP, epoch, commit);
    expect(thea.view?.code).toBe(ana.view?.code);
    expect(thea.troubles).toEqual([]);
  });

  it("a co-therapist may, once the therapist has added them as one", async () => {
    const [thea, ana] = [await founder(), new TestMember("Ana")];
    const [tom, ben] = [new TestMember("Tom"), new TestMember("Ben")];
    await admit(thea, ana);
    await admit(thea, tom, [ana], true);
    await admit(tom, ben, [thea, ana]);
    expect(ana.view?.members.map(({ isHost }) => isHost)).toEqual([true, false, true, false]);
    await remove(tom, thea, [ana, ben]);
    expect(ana.view?.members.map(({ alias }) => alias)).toEqual(["Ana", "Tom", "Ben"]);
    expect(ana.troubles).toEqual([]);
  });

  it("a new co-therapist and a removal need a commit each", async () => {
    const [thea, ana] = await three();
    const tom = new TestMember("Tom");
    const change = { add: [], addHosts: [await tom.keyPackage()], remove: [ana.admission] };
    await expect(thea.keeper.commit(change)).rejects.toMatchObject({
      code: "commit.host_with_remove",
    });
  });

  it("what is no commit of this group stops sending for good", async () => {
    const [thea, ana] = await three();
    await ana.keeper.apply(GROUP, 2, Uint8Array.of(0, 1, 0, 2, 9, 9));
    expect(ana.troubles).toEqual(["refused-commit"]);
    expect(ana.ring.sendingEpoch).toBeNull();
    const { epoch, commit } = await thea.keeper.commit(NOTHING);
    await ana.keeper.apply(GROUP, epoch, commit);
    expect(ana.ring.sendingEpoch).toBeNull();
    await expect(ana.keeper.say("hello", "everybody")).rejects.toMatchObject({
      code: "group.not_sending",
    });
  });
});

describe("commits in order", () => {
  it("the loser of a race throws its own away and follows the winner", async () => {
    const [thea, tom] = [await founder(), new TestMember("Tom")];
    const [ana, ben] = [new TestMember("Ana"), new TestMember("Ben")];
    await admit(thea, tom, [], true);
    const winner = await thea.keeper.commit({ ...NOTHING, add: [await ana.keyPackage()] });
    await tom.keeper.commit({ ...NOTHING, add: [await ben.keyPackage()] });
    await thea.keeper.accepted();
    await tom.keeper.refused();
    await tom.keeper.apply(GROUP, winner.epoch, winner.commit);
    expect(tom.view?.code).toBe(thea.view?.code);
    await admit(tom, ben, [thea]);
    expect(thea.view?.members.map(({ alias }) => alias)).toEqual(["Thea", "Tom", "Ana", "Ben"]);
  });

  it("a second commit waits for the first", async () => {
    const thea = await founder();
    await thea.keeper.commit(NOTHING);
    await expect(thea.keeper.commit(NOTHING)).rejects.toMatchObject({ code: "commit.pending" });
    await thea.keeper.refused();
    await expect(thea.keeper.commit(NOTHING)).resolves.toMatchObject({ epoch: 0 });
  });

  it("a commit that is known already changes nothing", async () => {
    const [thea, ana] = await three();
    const { epoch, commit } = await thea.keeper.commit(NOTHING);
    await ana.keeper.apply(GROUP, epoch, commit);
    const code = ana.view?.code;
    await ana.keeper.apply(GROUP, epoch, commit);
    expect(ana.view?.code).toBe(code);
    expect(ana.troubles).toEqual([]);
  });

  it("a hole in the commits stops sending until it is filled", async () => {
    const [thea, ana] = await three();
    const first = await thea.keeper.commit(NOTHING);
    await thea.keeper.accepted();
    const second = await thea.keeper.commit(NOTHING);
    await ana.keeper.apply(GROUP, second.epoch, second.commit);
    expect(ana.troubles).toEqual(["missing-commit"]);
    expect(ana.ring.sendingEpoch).toBeNull();
    await ana.keeper.apply(GROUP, first.epoch, first.commit);
    expect(ana.ring.sendingEpoch).toBe(3);
    await ana.keeper.apply(GROUP, second.epoch, second.commit);
    await ana.keeper.allReady(4);
    expect(ana.ring.sendingEpoch).toBe(4);
  });
});

describe("a reload", () => {
  it("receives at once, and sends only after an Update of its own", async () => {
    const [thea, ana, ben] = await three();
    const page = ana.reload();
    expect(await page.keeper.restore()).toEqual({ group: GROUP, epoch: 2 });
    expect(page.view?.code).toBe(thea.view?.code);
    expect(await opens(thea.ring, page.ring)).toBe(true);
    expect(await opens(page.ring, thea.ring)).toBe(false);
    await expect(page.keeper.say("hello", "everybody")).rejects.toMatchObject({
      code: "group.not_sending",
    });
    const { epoch, commit } = await page.keeper.commit(NOTHING);
    await page.keeper.accepted();
    for (const other of [thea, ben]) await other.keeper.apply(GROUP, epoch, commit);
    expect(await opens(page.ring, thea.ring)).toBe(true);
    expect(thea.view?.code).toBe(page.view?.code);
  });

  it("follows the commits that it missed", async () => {
    const [thea, ana, ben] = await three();
    const { epoch, commit } = await remove(thea, ben, []);
    const page = ana.reload();
    await page.keeper.restore();
    await page.keeper.apply(GROUP, epoch, commit);
    expect(page.view?.code).toBe(thea.view?.code);
    expect(page.ring.sendingEpoch).toBeNull();
  });

  it("between making a commit and hearing that it won keeps the commit", async () => {
    const [thea, ana] = [await founder(), new TestMember("Ana")];
    const { welcome } = await thea.keeper.commit({ ...NOTHING, add: [await ana.keyPackage()] });
    if (!welcome) throw new Error("nobody was welcomed");
    await ana.keeper.join(GROUP, welcome);
    const page = thea.reload();
    expect(await page.keeper.restore()).toEqual({ group: GROUP, epoch: 0 });
    await page.keeper.accepted();
    expect(page.view?.code).toBe(ana.view?.code);
  });

  it("keeps the device key, and another browser has another", async () => {
    const ana = new TestMember("Ana");
    const keyOf = async (page: TestMember) =>
      (await page.keeper.inspect(await page.keyPackage())).signatureKey;
    const key = await keyOf(ana);
    expect(await keyOf(ana.reload())).toBe(key);
    await ana.keeper.forget();
    expect(await keyOf(ana.reload())).toBe(key);
    expect(await keyOf(new TestMember("Ana"))).not.toBe(key);
  });

  it("after the end of the session finds no group", async () => {
    const [, ana] = await three();
    await ana.keeper.forget();
    expect(await ana.reload().keeper.restore()).toBeNull();
  });

  it("with a store that does not open starts anew", async () => {
    const [, ana] = await three();
    for (const [place, value] of ana.shelf.values) ana.shelf.values.set(place, value.slice(0, -1));
    expect(await ana.reload().keeper.restore()).toBeNull();
  });

  it("finds nothing readable on the shelf, neither names nor keys", async () => {
    const [, ana] = await three();
    const stored = [...ana.shelf.values.values()].map((value) => new TextDecoder().decode(value));
    expect(stored.length).toBeGreaterThan(1);
    expect(stored.join()).not.toContain("Ana");
    expect(stored.join()).not.toContain("signKey");
  });
});

describe("what is said", () => {
  it("to everybody is heard by everybody, under the sender's own name", async () => {
    const [thea, ana, ben] = await three();
    const data = await ana.keeper.say("good evening", "everybody");
    for (const other of [thea, ben]) {
      await other.keeper.hear(data);
      expect(other.said).toMatchObject([
        { from: { alias: "Ana" }, text: "good evening", toHosts: false, epoch: 2 },
      ]);
    }
  });

  it("to the hosts is heard by the hosts alone", async () => {
    const [thea, ana, ben] = await three();
    const data = await ana.keeper.say("may I leave early?", "hosts");
    for (const other of [thea, ben]) await other.keeper.hear(data);
    expect(thea.said).toMatchObject([{ text: "may I leave early?", toHosts: true }]);
    expect(ben.said).toEqual([]);
    expect(ben.troubles).toEqual([]);
  });

  it("across a commit still opens, and twice it does not", async () => {
    const [thea, ana] = await three();
    const data = await ana.keeper.say("one moment", "hosts");
    await thea.keeper.commit(NOTHING);
    await thea.keeper.accepted();
    await thea.keeper.hear(data);
    await thea.keeper.hear(data);
    expect(thea.said.map(({ text }) => text)).toEqual(["one moment"]);
  });

  it("has the same size on the wire, whatever it is", async () => {
    const [, ana] = await three();
    const sizes = [
      await ana.keeper.say("✋", "everybody"),
      await ana.keeper.say("a".repeat(400), "everybody"),
    ];
    expect(sizes[0]?.length).toBe(sizes[1]?.length);
  });

  it("cannot be too long", async () => {
    const [, ana] = await three();
    await expect(ana.keeper.say("a".repeat(4_001), "everybody")).rejects.toMatchObject({
      code: "text.long",
    });
    await expect(ana.keeper.say("a".repeat(1_001), "hosts")).rejects.toMatchObject({
      code: "text.long",
    });
  });

  it("by somebody outside is not heard, and does no harm", async () => {
    const [thea] = await three();
    const mallory = new TestMember("Mallory");
    await mallory.keeper.create(GROUP, mallory.identity);
    await thea.keeper.hear(await mallory.keeper.say("let me in", "everybody"));
    await thea.keeper.hear(Uint8Array.of(1, 2, 3));
    expect(thea.said).toEqual([]);
  });
});
