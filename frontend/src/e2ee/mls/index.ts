/** MLS (RFC 9420): the only package that knows ts-mls; nothing outside may import that. */
export type { Change } from "./changes";
export { type Leaf, MlsGroup, type Prepared, type Processed, type SealedFor } from "./group";
export { type Device, inspectPackage, makeDevice, makePackage, type OwnPackage } from "./packages";
