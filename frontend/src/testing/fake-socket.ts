/** A WebSocket whose other end is the test. */
export class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];
  closedWith: number | null = null;
  #n = 0;

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
  say(message: Record<string, unknown>, skip = 0): void {
    this.#n += 1 + skip;
    this.onmessage?.({ data: JSON.stringify({ n: this.#n, ...message }) });
  }

  drop(): void {
    this.onclose?.();
  }

  types(): unknown[] {
    return this.sent.map((message) => message.type);
  }
}
