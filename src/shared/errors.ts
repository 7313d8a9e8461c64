/**
 * An error that a person can act on: a stable `code`, a sentence (`message`) and what to do (`action`).
 */
export class CdfAuthError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly action: string,
    options: {
      /** What was caught. Never shown, kept for the debugger. */
      cause?: unknown;
      /** Whether only a new sign-in helps. */
      needsSignIn?: boolean;
      /** Whether trying again later may help without anybody doing anything. */
      transient?: boolean;
    } = {}
  ) {
    super(message, { cause: options.cause });
    this.name = 'CdfAuthError';
    this.needsSignIn = options.needsSignIn ?? false;
    this.transient = options.transient ?? false;
  }

  readonly needsSignIn: boolean;
  readonly transient: boolean;
}

/** The error of a wait that the user (or a newer action) called off; nothing to show. */
export function cancelled(): CdfAuthError {
  return new CdfAuthError('cancelled', 'Cancelled.', '');
}

/** `error` itself when it is one of ours, else a wrapper without any technical text for the user. */
export function asCdfAuthError(error: unknown): CdfAuthError {
  if (error instanceof CdfAuthError) {
    return error;
  }
  return new CdfAuthError(
    'unexpected',
    'Something unexpected went wrong.',
    "Try again. If it stays, the details are in the browser's console.",
    { cause: error }
  );
}
