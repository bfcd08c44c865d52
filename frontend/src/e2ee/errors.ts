/**
 * What can go wrong, as one tree:
 *
 *   E2eeError
 *   ├── CommitRefused    a commit that is invalid, or by somebody who may not: MUST stop sending
 *   ├── NotOpened        a welcome, package or message that does not open or is not for us
 *   └── NotNow           asked for in a state that does not allow it
 *
 * Messages hold codes, never names, keys or text.
 */
export class E2eeError extends Error {
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(code, options);
    this.name = new.target.name;
    this.code = code;
  }
}

export class CommitRefused extends E2eeError {}
export class NotOpened extends E2eeError {}
export class NotNow extends E2eeError {}
