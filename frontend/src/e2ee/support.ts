/** Can this browser take part? Small and without the worker: the pages before the room ask too. */
export type Missing = "transform" | "crypto" | "storage" | "locks";

/** What this browser lacks; empty means able. */
export async function missing(): Promise<readonly Missing[]> {
  const found: Missing[] = [];
  if (!hasTransform()) found.push("transform");
  if (!(await hasCurves())) found.push("crypto");
  if (!(await hasStorage())) found.push("storage");
  if (!("locks" in navigator)) found.push("locks");
  return found;
}

function hasTransform(): boolean {
  return "RTCRtpScriptTransform" in globalThis && "transform" in RTCRtpSender.prototype;
}

/** Suite 1 by the browser's own WebCrypto: older ones lack the two curves. */
async function hasCurves(): Promise<boolean> {
  try {
    await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    await crypto.subtle.generateKey("X25519", false, ["deriveBits"]);
    return true;
  } catch {
    return false;
  }
}

/** Some private windows have no database, or refuse to open it. */
function hasStorage(): Promise<boolean> {
  return new Promise((resolve) => {
    if (!("indexedDB" in globalThis)) return resolve(false);
    const asked = indexedDB.open("quietroom-e2ee-probe");
    asked.onerror = () => resolve(false);
    asked.onsuccess = () => {
      asked.result.close();
      indexedDB.deleteDatabase("quietroom-e2ee-probe");
      resolve(true);
    };
  });
}
