import { asCdfAuthError } from '../shared/errors';
import type { IProblem, PendingSignIn } from '../tokens';
import type { AnySession, IAttempt } from './flows';

/** The one sign-in that is under way, if there is one, and how the last one failed. */
export class SignIn {
  /**
   * @param waitingFor - id of the device code that this tab waited for before a reload.
   * @param _options.remember - told when that id has changed.
   * @param _options.onChanged - told when anything else has.
   * @param _options.unwanted - told of a session that came about when nobody wanted it any more.
   */
  constructor(
    waitingFor: string | null,
    private readonly _options: {
      remember: () => void;
      onChanged: () => void;
      unwanted: (id: string) => void;
    }
  ) {
    this._waitingFor = waitingFor;
  }

  get pending(): PendingSignIn | null {
    return this._pending;
  }

  get failure(): IProblem | null {
    return this._failure;
  }

  /** Id of the device code that this tab waits for. */
  get waitingFor(): string | null {
    return this._waitingFor;
  }

  get isRunning(): boolean {
    return this._attempt !== null;
  }

  /** There is nothing to complain about any more. */
  forgive(): void {
    this._failure = null;
  }

  fail(error: unknown): void {
    this._failure = asCdfAuthError(error);
    this._options.onChanged();
  }

  cancel(): void {
    if (this._attempt) {
      this._attempt.abort();
      this._end();
    }
  }

  /**
   * Make an attempt; one that is under way is called off.
   *
   * @param replaces - the session of this tab that the attempt moves, if it moves one.
   * @param onSignedIn - given the session, before the attempt is over.
   */
  async run(
    existing: IAttempt['existing'],
    replaces: IAttempt['replaces'],
    signIn: (attempt: IAttempt) => Promise<AnySession>,
    onSignedIn: (session: AnySession) => void
  ): Promise<void> {
    this.cancel();
    const controller = new AbortController();
    const { signal } = controller;
    this._attempt = controller;
    this._failure = null;
    try {
      const session = await signIn({
        signal,
        existing,
        replaces,
        started: id => {
          this._waitingFor = id;
          this._options.remember();
        },
        unwanted: this._options.unwanted,
        report: pending => {
          if (!signal.aborted) {
            this._pending = pending;
            this._options.onChanged();
          }
        }
      });
      if (!signal.aborted) {
        onSignedIn(session);
      }
    } catch (error) {
      if (!signal.aborted) {
        this._failure = asCdfAuthError(error);
      }
    }
    // A newer attempt owns the state by now, if there is one.
    if (this._attempt === controller) {
      this._end();
    }
  }

  private _end(): void {
    this._attempt = null;
    this._pending = null;
    this._waitingFor = null;
    this._options.remember();
  }

  private _attempt: AbortController | null = null;
  private _pending: PendingSignIn | null = null;
  private _failure: IProblem | null = null;
  private _waitingFor: string | null;
}
