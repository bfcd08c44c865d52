/**
 * The worker: the only place where keys exist. The page asks, is answered, and is told.
 *
 * Errors cross the line as codes only. Frames never do.
 */
import { E2eeError, NotNow } from "./errors";
import { Keeper } from "./keeper";
import { KeyRing } from "./keys";
import { Pipe } from "./pipe";
import type { Asked, Calls, LineCounters, Told } from "./protocol";
import type { Transformer, WorkerScope } from "./scope";
import { IndexedShelf } from "./shelf";
import { SealedStore } from "./store";
import { Vault } from "./vault";

const LOCK_WITHIN_MS = 1_500;

const scope = self as unknown as WorkerScope;
const ring = new KeyRing();
const pipes = new Set<Pipe>();
let keeper: Keeper | null = null;

function tell(told: Told): void {
  scope.postMessage(told);
}

function present(): Keeper {
  if (!keeper) throw new NotNow("keeper.closed");
  return keeper;
}

/** Held until the worker ends: two tabs with one ratchet would repeat each other's keys. */
function takeLock(membership: string): Promise<boolean> {
  const name = `quietroom-e2ee/${membership}`;
  // A page that reloads meets its own former self for a moment.
  const signal = AbortSignal.timeout(LOCK_WITHIN_MS);
  return new Promise((resolve) => {
    const keep = (): Promise<never> => {
      resolve(true);
      return new Promise(() => {});
    };
    navigator.locks.request(name, { signal }, keep).catch(() => resolve(false));
  });
}

const calls: Calls = {
  async open(membership, session) {
    if (!(await takeLock(membership))) {
      tell({ kind: "trouble", trouble: "other-tab" });
      throw new NotNow("other-tab");
    }
    const store = new SealedStore(await IndexedShelf.open());
    keeper = new Keeper(new Vault(store, membership, session), ring, {
      group: (view) => {
        forgetWhoLeft(view?.members.map(({ admission }) => admission) ?? []);
        tell({ kind: "group", view });
      },
      ready: (at) => tell({ kind: "ready", at }),
      switched: (at) => tell({ kind: "switched", at }),
      said: (said) => tell({ kind: "said", said }),
      trouble: (trouble) => tell({ kind: "trouble", trouble }),
    });
    return keeper.restore();
  },
  keyPackage: (identity) => present().keyPackage(identity),
  inspect: (keyPackage) => present().inspect(keyPackage),
  create: (group, identity) => present().create(group, identity),
  commit: (change) => present().commit(change),
  accepted: () => present().accepted(),
  refused: () => present().refused(),
  join: (group, welcome) => present().join(group, welcome),
  apply: (group, epoch, commit) => present().apply(group, epoch, commit),
  allReady: (epoch) => present().allReady(epoch),
  drop: () => present().drop(),
  say: (text, to) => present().say(text, to),
  hear: (data) => present().hear(data),
  forget: () => present().forget(),
  async linesGone(generation) {
    for (const pipe of pipes) if (pipe.options.generation <= generation) pipes.delete(pipe);
  },
  counters: async (): Promise<readonly LineCounters[]> => [...pipes].map((pipe) => pipe.counters()),
};

function forgetWhoLeft(present: readonly string[]): void {
  for (const pipe of pipes) {
    if (pipe.sender === null || present.includes(pipe.sender)) continue;
    pipe.forgetSender();
    tell({ kind: "line", mid: pipe.options.mid, admission: null });
  }
}

function attach(transformer: Transformer): void {
  const pipe = new Pipe(ring, transformer.options);
  pipes.add(pipe);
  pipe.onSender = (admission) => tell({ kind: "line", mid: pipe.options.mid, admission });
  pipe.onKeyFrameNeeded = () => void transformer.sendKeyFrameRequest?.().catch(() => {});
  const through = new TransformStream({
    transform: (frame, out) => pipe.transform(frame, (passed) => out.enqueue(passed)),
  });
  // The stream ends with its connection; there is nothing to do then.
  transformer.readable
    .pipeThrough(through)
    .pipeTo(transformer.writable)
    .catch(() => {});
}

async function answer({ id, call, arguments: given }: Asked): Promise<void> {
  try {
    const run = calls[call] as (...given: readonly unknown[]) => Promise<unknown>;
    tell({ kind: "answer", id, value: await run(...given) });
  } catch (error) {
    tell({ kind: "failed", id, code: error instanceof E2eeError ? error.code : "internal" });
  }
}

let queue: Promise<void> = Promise.resolve();

/** One after the other, in the order asked: MLS state has no place for two at once. */
scope.onmessage = ({ data }: MessageEvent<Asked>) => {
  queue = queue.then(() => answer(data));
};
scope.onrtctransform = ({ transformer }) => attach(transformer);
