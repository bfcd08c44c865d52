/** What the idle lock and the other parts of a page tell each other, as events of the document. */

/** The page is about to lock or to be left: media stops now. */
export const LOCKING = "quietroom:locking";
/** The person asked for the lock. */
export const LOCK_NOW = "quietroom:lock-now";
/** Somebody is there though nothing is touched: they speak. */
export const PRESENT = "quietroom:present";

export function tell(name: string): void {
  document.dispatchEvent(new Event(name));
}
