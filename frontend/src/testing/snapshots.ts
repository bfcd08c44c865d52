/** Snapshots for tests: Thea (host), Ana and Ben, as the server would send them. */
import type {
  Own,
  SeatedPerson,
  SeatView,
  SessionView,
  Snapshot,
  WaitingPerson,
} from "../room/protocol.gen";

const OWN: Own = {
  admission: "connected",
  admission_id: "22222222-2222-4222-8222-222222222222",
  seat: 2,
  role: "member",
  alias: "Ana",
  mode: "video",
  may_send_mic: true,
  may_send_camera: true,
  was_not_added: false,
  self_view: true,
};

const SESSION: SessionView = {
  state: "live",
  locked: false,
  suspended: false,
  host_present: true,
  opens_at: "2026-03-02T10:00:00+00:00",
  closes_at: "2026-03-02T11:30:00+00:00",
  now: "2026-03-02T10:05:00+00:00",
  end_to_end: false,
};

export function seat(number: number, alias: string, change: Partial<SeatView> = {}): SeatView {
  return {
    seat: number,
    admission: `${String(number).repeat(8)}-0000-4000-8000-000000000000`,
    alias,
    pronouns: "",
    role: "member",
    mode: "video",
    mic: true,
    camera: true,
    private: true,
    away: false,
    connected: true,
    ...change,
  };
}

export const THEA = seat(1, "Thea", { role: "host" });
export const ANA = seat(2, "Ana");
export const BEN = seat(3, "Ben");

export interface Changes {
  readonly own?: Partial<Own>;
  readonly session?: Partial<SessionView>;
  readonly seats?: SeatView[];
  readonly host?: Snapshot["host"];
}

/** Ana, seated beside Thea. */
export function snapshot({
  own,
  session,
  seats = [THEA, ANA],
  host = null,
}: Changes = {}): Snapshot {
  return {
    n: 1,
    type: "snapshot",
    own: { ...OWN, ...own },
    session: { ...SESSION, ...session },
    seats,
    host,
  };
}

/** Ana in the waiting room: no seat, no rights, nobody to be seen. */
export function waiting(changes: Changes = {}): Snapshot {
  const own = { admission: "waiting", seat: null, may_send_mic: false, may_send_camera: false };
  return snapshot({ seats: [], ...changes, own: { ...(own as Partial<Own>), ...changes.own } });
}

export function waitingPerson(change: Partial<WaitingPerson> = {}): WaitingPerson {
  return {
    admission: "11111111-1111-4111-8111-111111111111",
    true_name: "Benedict Example",
    alias: "Ben",
    role: "member",
    mode: "video",
    here: true,
    device_known: true,
    papers: true,
    private_space: true,
    location_confirmed: true,
    was_not_added: false,
    waiting_since: "2026-03-02T10:02:00+00:00",
    note: "",
    ...change,
  };
}

export function seatedPerson(change: Partial<SeatedPerson> = {}): SeatedPerson {
  return {
    seat: 2,
    admission: "22222222-2222-4222-8222-222222222222",
    true_name: "Anastasia Example",
    papers: true,
    may_send_mic: true,
    may_send_camera: true,
    camera_expected: false,
    own: false,
    ...change,
  };
}
