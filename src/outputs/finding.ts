/** A token that stands in a text and still works. */
export interface IFinding {
  /** Recognises the token, and doesn't contain it. */
  readonly digest: number;
  /** When it expires, in milliseconds since the epoch. */
  readonly until: number;
}
