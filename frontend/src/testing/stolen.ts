/**
 * What any script of the page's own origin could take: the group that this browser keeps sealed.
 *
 * For tests alone. The product has no such door; it has the same storage, so that tests can look
 * for these very bytes where they must not be, and misuse the group as a bad member would.
 */
import { toBase64 } from "../e2ee";
import { MlsGroup } from "../e2ee/mls";
import { IndexedShelf } from "../e2ee/shelf";
import { SealedStore } from "../e2ee/store";
import { Vault } from "../e2ee/vault";

/** By name, in base64; null once the group is forgotten. */
export async function secrets(
  membership: string,
  session: string,
): Promise<Record<string, string> | null> {
  return withVault(membership, session, async (vault) => {
    const group = await groupIn(vault);
    if (!group) return null;
    return {
      "SFrame base key": toBase64(await group.sframeBaseKey()),
      "MLS epoch authenticator": toBase64(group.authenticator),
      "private device key": toBase64((await vault.device()).signKey),
    };
  });
}

export function stolenGroup(membership: string, session: string): Promise<MlsGroup | null> {
  return withVault(membership, session, groupIn);
}

async function groupIn(vault: Vault): Promise<MlsGroup | null> {
  const stored = await vault.readGroup();
  return stored ? MlsGroup.decode(stored.state) : null;
}

async function withVault<T>(
  membership: string,
  session: string,
  read: (vault: Vault) => Promise<T>,
): Promise<T> {
  const shelf = await IndexedShelf.open();
  try {
    return await read(new Vault(new SealedStore(shelf), membership, session));
  } finally {
    shelf.close();
  }
}
