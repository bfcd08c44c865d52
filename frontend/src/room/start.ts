/** How the person chose to start (on the devices page), remembered in this tab only. */
export interface StartChoice {
  readonly mic: boolean;
  readonly camera: boolean;
  readonly micDevice?: string;
  readonly cameraDevice?: string;
  readonly speaker?: string;
}

/** Nothing is sent that was not chosen: without a choice both are off. */
export const CLOSED_START: StartChoice = { mic: false, camera: false };

const PREFIX = "quietroom.start.";

export function rememberStart(session: string, choice: StartChoice, store: Storage): void {
  store.setItem(PREFIX + session, JSON.stringify(choice));
}

export function recallStart(
  session: string,
  store: Storage,
  otherwise: StartChoice = CLOSED_START,
): StartChoice {
  const text = store.getItem(PREFIX + session);
  if (text === null) return otherwise;
  try {
    return { ...CLOSED_START, ...(JSON.parse(text) as Partial<StartChoice>) };
  } catch {
    return otherwise;
  }
}

/** The session's id in an address such as /ws/session/<uuid>/. */
export function sessionIn(path: string): string {
  return /[0-9a-f]{8}-[0-9a-f-]{27}/i.exec(path)?.[0] ?? "";
}
