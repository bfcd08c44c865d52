/**
 * Carries keys between the socket and the worker: what the server says, in its order, and what
 * this page has to answer. Decides nothing about people; a host's page does that (host-keys.ts).
 *
 * MUST fail closed: while there is no group, or trouble with it, nothing leaves the worker.
 */
import {
  E2ee,
  fromBase64,
  type GroupEpoch,
  type GroupView,
  type Readiness,
  type Trouble,
  toBase64,
} from "../e2ee";
import { HostKeys } from "./host-keys";
import { Listeners } from "./listeners";
import { Pins, Visits } from "./pins";
import type {
  ClientMessage,
  Committed,
  KeyGroupState,
  ServerMessage,
  Snapshot,
  WelcomeToGroup,
} from "./protocol.gen";
import type { KeysState } from "./store";
import { Talk } from "./talk";

export interface RoomKeysOptions {
  readonly membership: string;
  readonly session: string;
  readonly send: (message: ClientMessage) => boolean;
}

export class RoomKeys {
  readonly onChange = new Listeners<KeysState>();
  readonly engine: E2ee;
  readonly talk: Talk;
  readonly host: HostKeys;

  readonly #send: (message: ClientMessage) => boolean;
  readonly #opened: Promise<void>;
  #work: Promise<void> = Promise.resolve();
  #snapshot: Snapshot | null = null;
  #view: GroupView | null = null;
  #trouble: Trouble | null = null;
  #senders: ReadonlyMap<string, string | null> = new Map();
  #isLinked = false;
  #visit = "";
  #hasOffered = "";
  #hasAsked = false;
  #founding = false;
  #isFresh = true;
  #standing: KeyGroupState | null = null;
  /** After a reload nothing may be sent before this page has a leaf key of its own again. */
  #mustRenew = false;
  /** The newest epoch that this page has told of. */
  #ready: Readiness | null = null;

  constructor({ membership, session, send }: RoomKeysOptions) {
    this.#send = send;
    this.engine = new E2ee({ membership, session });
    this.talk = new Talk((text, to) => this.#speak(text, to));
    const pins = new Pins(membership, localStorage);
    this.host = new HostKeys(this.engine, pins, new Visits(session, sessionStorage), send);
    this.#listen();
    this.#opened = this.#open();
  }

  get state(): KeysState {
    return {
      view: this.#view,
      trouble: this.#trouble,
      senders: this.#senders,
      devices: this.host.devices,
      asked: this.host.asked,
      talk: this.talk.state,
    };
  }

  /** A fresh connection of the socket: the server knows nothing yet of what this page holds. */
  linked(): void {
    this.#isLinked = true;
    this.#isFresh = true;
    this.#hasAsked = false;
    this.#standing = null;
    this.#hasOffered = "";
    this.#follow();
  }

  unlinked(): void {
    this.#isLinked = false;
  }

  know(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.host.know(snapshot);
    this.talk.know(snapshot);
    this.#follow();
  }

  /** Whether the message was about keys. They are done one after the other, in their order. */
  receive(message: ServerMessage): boolean {
    switch (message.type) {
      case "key_group":
        this.#then(() => this.#stand(message));
        return true;
      case "welcome_group":
        this.#then(() => this.#join(message));
        return true;
      case "committed":
        this.#then(() => this.#commit(message));
        return true;
      case "commit_refused":
        this.#then(() => this.#refused());
        return true;
      case "all_ready":
        this.#then(async () => this.engine.allReady(message.epoch));
        return true;
      case "application":
        this.#then(() => this.engine.hear(fromBase64(message.data)));
        return true;
      case "key_package_of":
        this.#then(() => this.host.offered(message.admission, fromBase64(message.package)));
        return true;
      default:
        return false;
    }
  }

  close(): void {
    this.host.close();
    this.engine.close();
  }

  /** The session is over: what this browser keeps of its group goes with it. */
  async forget(): Promise<void> {
    await this.engine.forget().catch(() => {});
    this.close();
  }

  #listen(): void {
    const { engine } = this;
    engine.onGroup.add((view) => this.#see(view));
    engine.onReady.add((at) => this.#tellReady(at));
    engine.onSwitched.add((at) => this.#tellSwitched(at));
    engine.onLine.add(({ mid, admission }) => {
      this.#senders = new Map(this.#senders).set(mid, admission);
      this.#changed();
    });
    engine.onSaid.add((said) => this.talk.hear(said));
    engine.onTrouble.add((trouble) => this.#suffer(trouble));
    this.talk.onChange.add(() => this.#changed());
    this.host.onChange.add(() => this.#changed());
  }

  async #open(): Promise<void> {
    try {
      this.#mustRenew = (await this.engine.open()) !== null;
    } catch {
      this.#trouble ??= "other-tab";
      this.#changed();
    }
  }

  /** Says what this visit needs to say, once each connection. */
  #follow(): void {
    this.#then(async () => {
      const own = this.#snapshot?.own;
      if (!this.#isLinked || !own?.admission_id || this.#trouble === "other-tab") return;
      if (this.#visit && this.#visit !== own.admission_id) await this.#leaveGroup();
      this.#visit = own.admission_id;
      const holds = this.#view && !this.#needsNewVisit() ? this.#view : null;
      if (!this.#hasAsked) {
        this.#hasAsked = this.#send({
          type: "keys",
          group: holds?.group ?? null,
          epoch: holds?.epoch ?? 0,
        });
        this.#repeat();
      }
      if (!holds && own.admission === "waiting") await this.#offer();
      else if (this.#standing?.standing === "none") await this.#startAnew(this.#standing.group);
    });
  }

  /** What was restored belongs to a visit that has ended. */
  #needsNewVisit(): boolean {
    const own = this.#view?.members.find((member) => member.own);
    return own !== undefined && own.admission !== this.#visit;
  }

  async #leaveGroup(): Promise<void> {
    this.#mustRenew = false;
    this.#hasAsked = false;
    this.#ready = null;
    // The package with which this page came into that group is used up.
    this.#hasOffered = "";
    this.talk.clear();
    await this.engine.drop();
  }

  async #offer(): Promise<void> {
    const own = this.#snapshot?.own;
    if (!own?.admission_id || this.#hasOffered === own.admission_id) return;
    this.#hasOffered = own.admission_id;
    const made = await this.engine.keyPackage({ admission: own.admission_id, alias: own.alias });
    const said: ClientMessage = {
      type: "key_package",
      admission: own.admission_id,
      package: toBase64(made),
    };
    if (!this.#send(said)) this.#hasOffered = "";
  }

  async #stand(state: KeyGroupState): Promise<void> {
    const { group, epoch, standing } = state;
    this.#standing = state;
    if (standing !== "member") this.#founding = false;
    const held = this.#view?.group ?? null;
    if (held !== null && (held !== group || standing !== "member" || this.#needsNewVisit())) {
      await this.#leaveGroup();
      this.#hasAsked = true;
    }
    if (standing === "added") return;
    if (group !== null && standing === "member") {
      if (this.#view) await this.#goOn(epoch);
      else if (this.#founding) await this.#create(group);
      else await this.#startAnew(group);
    } else {
      await this.#startAnew(group);
    }
  }

  /** Holds the group and is a member of it: what was on its way when the link broke is decided. */
  async #goOn(epoch: number): Promise<void> {
    const isLost = this.#isFresh && this.host.isWaiting && this.#view?.epoch === epoch;
    this.#isFresh = false;
    if (isLost) await this.#refused();
    await this.#renew(epoch);
  }

  /** A host founds when nobody else can add them; everybody else offers themselves anew. */
  async #startAnew(group: string | null): Promise<void> {
    if (this.#founding) return;
    if (this.host.mayFound()) {
      this.#founding = this.#send({ type: "found_group", instead_of: group });
    } else {
      await this.#offer();
    }
  }

  async #refused(): Promise<void> {
    const wasRenewal = await this.host.refused();
    this.#mustRenew = this.#mustRenew || wasRenewal;
  }

  async #create(group: string): Promise<void> {
    this.#founding = false;
    const own = this.#snapshot?.own;
    if (own?.admission_id) {
      await this.engine.create(group, { admission: own.admission_id, alias: own.alias });
    }
  }

  async #join({ group, welcome }: WelcomeToGroup): Promise<void> {
    if (this.#view) await this.#leaveGroup();
    this.#hasAsked = true;
    this.#mustRenew = false;
    await this.engine.join(group, fromBase64(welcome));
  }

  async #commit({ group, epoch, commit, own }: Committed): Promise<void> {
    if (group !== this.#view?.group) return;
    if (own && commit === "") await this.host.accepted();
    else await this.engine.apply(group, epoch, fromBase64(commit));
    await this.#renew(epoch + 1);
  }

  /** Restored and up to date: a leaf key that no other page of this browser has had. */
  async #renew(epoch: number): Promise<void> {
    const view = this.#view;
    if (!this.#mustRenew || !view || view.epoch < epoch) return;
    this.#mustRenew = !(await this.host.renew(view.group));
  }

  #see(view: GroupView | null): void {
    this.#view = view;
    if (view === null) this.#senders = new Map();
    else if (this.#trouble !== "other-tab") this.#trouble = null;
    this.host.see(view);
    this.talk.see(view);
    this.#changed();
  }

  #suffer(trouble: Trouble): void {
    this.#trouble = trouble;
    this.#changed();
    if (trouble === "lost-state") {
      this.#hasOffered = "";
      this.#then(() => this.#startAnew(this.#view?.group ?? null));
    } else if (trouble === "missing-commit") {
      this.#hasAsked = false;
      this.#follow();
    }
  }

  #tellReady(at: Readiness): void {
    this.#ready = at;
    this.#send({ type: "ready", ...at });
  }

  /** What was said together with `ready` is not said again. */
  #tellSwitched({ group, epoch }: GroupEpoch): void {
    const ready = this.#ready;
    if (ready?.group !== group || ready.epoch !== epoch || ready.switched) return;
    this.#ready = { ...ready, switched: true };
    this.#send({ type: "switched", group, epoch });
  }

  /** The server counts only what this very connection has said. */
  #repeat(): void {
    if (this.#ready && this.#ready.group === this.#view?.group) {
      this.#send({ type: "ready", ...this.#ready });
    }
  }

  async #speak(text: string, to: "everybody" | "hosts"): Promise<boolean> {
    const group = this.#view?.group;
    if (!group) return false;
    const data = toBase64(await this.engine.say(text, to));
    return this.#send({ type: "application", group, data });
  }

  #changed(): void {
    this.onChange.emit(this.state);
  }

  /** One thing after the other; what fails is told as trouble and holds nothing up. */
  #then(step: () => Promise<void>): void {
    this.#work = this.#work
      .then(() => this.#opened)
      .then(step)
      .catch(() => {});
  }
}
