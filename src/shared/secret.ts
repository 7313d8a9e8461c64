const REDACTED = '[redacted]';

/**
 * A token on its way through the page: it shows itself as `[redacted]` wherever it is printed by accident
 * (template strings, JSON, the console), and is a string only where `reveal` is written out.
 */
export class Secret {
  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself. Call it at the last moment before it is sent. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  readonly #value: string;
}
