/** A WebSocket whose other end is the test. */
import { vi } from "vitest";

export class FakeSocket {
  static made: FakeSocket[] = [];

  static get newest(): FakeSocket {
    return FakeSocket.made.at(-1) as FakeSocket;
  }

  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];
  closedWith: number | null = null;
  #n = 0;

  constructor() {
    FakeSocket.made.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code: number): void {
    this.closedWith = code;
  }

  open(): void {
    this.onopen?.();
  }

  /** The server's next message; `skip` leaves numbers out, as a lost message would. */
  say(message: object, skip = 0): void {
    this.#n += 1 + skip;
    this.onmessage?.({ data: JSON.stringify({ ...message, n: this.#n }) });
  }

  drop(): void {
    this.onclose?.();
  }

  types(): unknown[] {
    return this.sent.map((message) => message.type);
  }

  last(type: string): Record<string, unknown> | undefined {
    return this.sent.filter((message) => message.type === type).at(-1);
  }
}

/** Until `vi.unstubAllGlobals()`. */
export function stubSockets(): void {
  FakeSocket.made = [];
  vi.stubGlobal("WebSocket", FakeSocket);
}
