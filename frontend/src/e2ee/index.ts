/** What the room may use of this package. */
export type { Bytes } from "./bytes";
export { fromBase64, toBase64 } from "./bytes";
export { E2ee } from "./e2ee";
export type {
  GroupChange,
  GroupEpoch,
  GroupView,
  Identity,
  LineCounters,
  MadeCommit,
  Member,
  Readiness,
  Said,
  Trouble,
} from "./protocol";
export { ShownCode, spoken } from "./safety";
export { type Missing, missing } from "./support";
