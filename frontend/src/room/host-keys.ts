/**
 * A host's page: whose key is added to the group and whose is taken out.
 *
 * MUST add nobody whom this host has not let in with their own hand, but for the same device of
 * somebody who was in this very visit already. The server's word alone adds nobody.
 */
import { type Bytes, type E2ee, type GroupView, type Member, toBase64 } from "../e2ee";
import { Listeners } from "./listeners";
import type { Device, Pins, Visits } from "./pins";
import type { ClientMessage, SeatView, Snapshot } from "./protocol.gen";

export interface Newcomer {
  readonly admission: string;
  readonly alias: string;
  readonly device: Device;
}

interface Offer {
  readonly bytes: Bytes;
  readonly alias: string;
  readonly key: string;
  readonly device: Device;
}

interface Plan {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

const NOTHING: Plan = { add: [], remove: [] };
/** Whoever did not act first gives the acting host's page this long. */
const OTHERS_AFTER_MS = 1_000;
/** Added, and the server has not seated them: something went wrong on the way. */
const SEATED_WITHIN_MS = 5_000;

export class HostKeys {
  readonly onChange = new Listeners<void>();

  readonly #engine: E2ee;
  readonly #pins: Pins;
  readonly #send: (message: ClientMessage) => boolean;
  readonly #offers = new Map<string, Offer>();
  /** Whom this host let in by hand. */
  readonly #meant = new Set<string>();
  readonly #visits: Visits;
  readonly #devices = new Map<string, Device>();
  readonly #seenSeated = new Set<string>();
  readonly #addedAt = new Map<string, number>();
  readonly #refusedOnce = new Set<string>();
  #snapshot: Snapshot | null = null;
  #view: GroupView | null = null;
  #pending: Plan | null = null;
  #mineUntil = 0;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(engine: E2ee, pins: Pins, visits: Visits, send: (message: ClientMessage) => boolean) {
    this.#engine = engine;
    this.#pins = pins;
    this.#visits = visits;
    this.#send = send;
  }

  /** By visit: is it the device that this person came with before? */
  get devices(): ReadonlyMap<string, Device> {
    return new Map(this.#devices);
  }

  get isWaiting(): boolean {
    return this.#pending !== null;
  }

  /** Who sits and has no key, and whom only this host's own hand may add. */
  get asked(): readonly Newcomer[] {
    if (!this.#isHost() || !this.#view || this.#pending) return [];
    return this.#keyless()
      .filter((visit) => this.#offers.has(visit) && !this.#mayAdd(visit))
      .map((visit) => {
        const { alias, device } = this.#offers.get(visit) as Offer;
        return { admission: visit, alias, device };
      });
  }

  know(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    for (const { admission } of snapshot.seats) {
      this.#seenSeated.add(admission);
      this.#addedAt.delete(admission);
    }
    this.#tend();
  }

  see(view: GroupView | null): void {
    const before = this.#view?.members ?? [];
    this.#view = view;
    if (view === null) this.#pending = null;
    for (const member of view?.members ?? []) {
      this.#visits.note(member.admission, member.signatureKey);
      if (before.every((one) => one.admission !== member.admission)) void this.#meet(member);
    }
    this.#tend();
  }

  async #meet({ admission, alias, signatureKey }: Member): Promise<void> {
    this.#addedAt.set(admission, Date.now());
    if (!this.#devices.has(admission)) {
      this.#devices.set(admission, await this.#pins.device(alias, signatureKey));
      this.onChange.emit();
    }
    await this.#pins.remember(alias, signatureKey);
  }

  async offered(admission: string, bytes: Bytes): Promise<void> {
    const { alias, admission: named, signatureKey: key } = await this.#engine.inspect(bytes);
    // A package that names another visit is the server's mistake, or its trick.
    if (named !== admission) return;
    const device = await this.#pins.device(alias, key);
    this.#offers.set(admission, { bytes, alias, key, device });
    this.#devices.set(admission, device);
    this.onChange.emit();
    this.#tend();
  }

  /** This host lets these people in: with the server's row, and with a key. */
  letIn(admissions: readonly string[]): void {
    for (const visit of admissions) this.#meant.add(visit);
    this.#mineUntil = Date.now() + OTHERS_AFTER_MS;
    this.#tend();
  }

  /** This host sends somebody out: their key goes at once, before the server has said so. */
  sentOut(admission: string): void {
    this.#meant.delete(admission);
    this.#visits.forget(admission);
    this.#offers.delete(admission);
    this.#seenSeated.add(admission);
    this.#mineUntil = Date.now() + OTHERS_AFTER_MS;
    void this.#commit({ add: [], remove: this.#isMember(admission) ? [admission] : [] });
  }

  /** Nobody else could add this host: no other host is here. */
  mayFound(): boolean {
    return this.#isHost() && this.#otherHosts().length === 0;
  }

  /** A commit of the own leaf alone. False while another one is on its way. */
  async renew(group: string): Promise<boolean> {
    if (this.#pending || group !== this.#view?.group) return false;
    return this.#make(NOTHING);
  }

  async accepted(): Promise<void> {
    const done = this.#pending;
    this.#pending = null;
    for (const visit of done?.add ?? []) this.#offers.delete(visit);
    await this.#engine.accepted();
    this.#tend();
  }

  /**
   * Another commit won, or somebody is not seated (any more): planned anew from what holds now.
   * True when it was this page's own renewal.
   */
  async refused(): Promise<boolean> {
    const plan = this.#pending;
    for (const visit of plan?.add ?? []) this.#refusedOnce.add(visit);
    this.#pending = null;
    await this.#engine.refused();
    this.#tend();
    return plan === NOTHING;
  }

  close(): void {
    clearTimeout(this.#again);
  }

  #tend(): void {
    clearTimeout(this.#again);
    if (!this.#isHost() || !this.#view || this.#pending) return;
    const plan = {
      add: this.#keyless().filter((visit) => this.#mayAdd(visit)),
      remove: this.#gone(),
    };
    const isIdle = plan.add.length + plan.remove.length === 0;
    const isMine = this.#isFirstHost() || Date.now() < this.#mineUntil;
    if (!isIdle && isMine) void this.#commit(plan);
    else if (!isIdle) this.#again = setTimeout(() => this.#stepIn(), OTHERS_AFTER_MS);
    else if (this.#addedAt.size > 0) {
      this.#again = setTimeout(() => this.#tend(), SEATED_WITHIN_MS);
    }
  }

  /** The host whose turn it was has not done it. */
  #stepIn(): void {
    this.#mineUntil = Date.now() + OTHERS_AFTER_MS;
    this.#tend();
  }

  /** Who may get a key now: they sit, or this host is just letting them in. */
  #keyless(): string[] {
    const seated = this.#seats().map((seat) => seat.admission);
    const meant = [...this.#meant].filter((visit) => !this.#refusedOnce.has(visit));
    const all = new Set([...seated, ...meant]);
    all.delete(this.#snapshot?.own.admission_id ?? "");
    return [...all].filter((visit) => this.#needsKey(visit));
  }

  /** Not in the group, or in it and back with a fresh package after a loss. */
  #needsKey(visit: string): boolean {
    return this.#offers.has(visit) || (!this.#isMember(visit) && this.#meant.has(visit));
  }

  #mayAdd(visit: string): boolean {
    const offer = this.#offers.get(visit);
    if (!offer) return false;
    return this.#meant.has(visit) || this.#visits.wasIn(visit, offer.key);
  }

  #gone(): string[] {
    const seated = new Set(this.#seats().map((seat) => seat.admission));
    return (this.#view?.members ?? [])
      .filter((member) => !member.own && !seated.has(member.admission))
      .filter((member) => this.#seenSeated.has(member.admission) || this.#isOverdue(member))
      .map((member) => member.admission);
  }

  #isOverdue({ admission }: Member): boolean {
    const added = this.#addedAt.get(admission);
    return added !== undefined && Date.now() - added > SEATED_WITHIN_MS;
  }

  async #commit(plan: Plan): Promise<void> {
    if (this.#pending || !this.#view || plan.add.length + plan.remove.length === 0) return;
    const back = plan.add.filter((visit) => this.#isMember(visit));
    const remove = [...new Set([...plan.remove, ...back])];
    // The library makes no host in a commit that also removes: first out, then in.
    const hosts = plan.add.filter((visit) => this.#isHostSeat(visit));
    const add = hosts.length > 0 && remove.length > 0 ? [] : plan.add;
    await this.#make({ add, remove });
  }

  async #make(plan: Plan): Promise<boolean> {
    const group = this.#view?.group;
    if (!group) return false;
    this.#pending = plan;
    const offers = (visits: readonly string[]): Bytes[] =>
      visits.flatMap((visit) => this.#offers.get(visit)?.bytes ?? []);
    try {
      const made = await this.#engine.commit({
        add: offers(plan.add.filter((visit) => !this.#isHostSeat(visit))),
        addHosts: offers(plan.add.filter((visit) => this.#isHostSeat(visit))),
        remove: plan.remove,
      });
      const { epoch, commit, welcome } = made;
      const sent = this.#send({
        type: "commit",
        group,
        epoch,
        commit: toBase64(commit),
        welcome: welcome ? toBase64(welcome) : "",
        added: [...plan.add],
        removed: [...plan.remove],
      });
      // Whoever reconnects is told whether it won: nothing is given up here.
      return sent;
    } catch {
      this.#pending = null;
      return false;
    }
  }

  #isHost(): boolean {
    return this.#snapshot?.host != null && this.#snapshot.own.seat !== null;
  }

  #seats(): readonly SeatView[] {
    return this.#snapshot?.seats ?? [];
  }

  #isHostSeat(visit: string): boolean {
    const role = this.#seats().find((seat) => seat.admission === visit)?.role;
    return role === "host" || role === "cohost";
  }

  #otherHosts(): SeatView[] {
    const own = this.#snapshot?.own.admission_id;
    return this.#seats().filter(
      (seat) => seat.admission !== own && seat.connected && this.#isHostSeat(seat.admission),
    );
  }

  /** By leaf: the same host on every page, so that two do not race without need. */
  #isFirstHost(): boolean {
    const connected = new Set(this.#otherHosts().map((seat) => seat.admission));
    const hosts = (this.#view?.members ?? []).filter(
      (member) => member.isHost && (member.own || connected.has(member.admission)),
    );
    return hosts.toSorted((a, b) => a.leaf - b.leaf)[0]?.own ?? false;
  }

  #isMember(visit: string): boolean {
    return this.#view?.members.some((member) => member.admission === visit) ?? false;
  }
}
