/** What bench/e2ee.py times inside a real browser: the product's own modules, nothing else. */
import { FrameOpener, sealFrame } from "../e2ee/frames";
import { KeyRing } from "../e2ee/keys";
import { MlsGroup, makeDevice, makePackage } from "../e2ee/mls";
import { identity } from "./members";

const GROUP_ID = new Uint8Array(16).fill(9);
const NOBODY = { add: [], addHosts: [], remove: [] };

/** Milliseconds to seal and open this many frames of one camera, one after the other. */
export async function measureFrames(count: number, size: number): Promise<number> {
  const members = new Map([
    [0, "Thea"],
    [1, "Ana"],
  ]);
  const [from, to] = [new KeyRing(), new KeyRing()];
  const keys = { epoch: 1, baseKey: new Uint8Array(16).fill(3), members };
  from.install({ ...keys, ownLeaf: 0 });
  to.install({ ...keys, ownLeaf: 1 });
  await from.switchTo(1);
  const opener = new FrameOpener(to, "camera");
  const frame = Uint8Array.from({ length: size }, (_, index) => (index * 7 + 1) % 256);
  const began = performance.now();
  for (let done = 0; done < count; done += 1) {
    const sealed = await sealFrame(from, "camera", frame, "video/VP8");
    if (!sealed || typeof (await opener.open(sealed)) === "string")
      throw new Error("a frame was lost");
  }
  return performance.now() - began;
}

/** For each try, milliseconds of the Add that makes a group this large, and of applying it. */
export async function measureCommits(
  members: number,
  tries: number,
): Promise<{ made: number[]; applied: number[]; welcomeBytes: number }> {
  const { host, witness } = await groupOf(members - 1);
  const times = { made: [] as number[], applied: [] as number[], welcomeBytes: 0 };
  for (let turn = 0; turn < tries; turn += 1) {
    const newcomer = await makePackage(await makeDevice(), identity("Newcomer"));
    const began = performance.now();
    const { commit, welcome } = await host.prepare({ ...NOBODY, add: [newcomer.bytes] });
    times.made.push(performance.now() - began);
    times.welcomeBytes = welcome?.length ?? 0;
    const arrived = performance.now();
    await witness?.process(commit);
    times.applied.push(performance.now() - arrived);
  }
  return times;
}

/** A host and one of the others, who applies what the host commits. */
async function groupOf(members: number): Promise<{ host: MlsGroup; witness: MlsGroup | null }> {
  const first = await MlsGroup.create(GROUP_ID, await makeDevice(), identity("Thea"));
  if (members === 1) return { host: first, witness: null };
  const packages = await Promise.all(
    Array.from({ length: members - 1 }, async (_, index) =>
      makePackage(await makeDevice(), identity(`Ana ${index}`)),
    ),
  );
  const add = packages.map(({ bytes }) => bytes);
  const { next, welcome } = await first.prepare({ ...NOBODY, add });
  const [own] = packages;
  if (!welcome || !own) throw new Error("nobody was welcomed");
  return { host: next, witness: await MlsGroup.join(GROUP_ID, welcome, own) };
}
