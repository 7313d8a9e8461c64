import type { FlowId, IConnection, PendingSignIn } from '../tokens';
import type { InteractiveSession } from './session';
import type { ServerSession } from './server-session';

/** A session of either holder. */
export type AnySession = InteractiveSession | ServerSession;

/** One attempt to sign in. */
export interface IAttempt {
  signal: AbortSignal;
  /** The sessions that there are: the same person's is renewed, so that whoever waits for it is served. */
  existing: readonly AnySession[];
  /** The session of this tab that is to be moved to the server; the same person must sign in. */
  replaces: InteractiveSession | null;
  /** Told the id under which the server goes on with the attempt, also when this page is reloaded. */
  started(id: string): void;
  /** Told of a session of the server that came about when nobody wanted it any more. */
  unwanted(id: string): void;
  /** Told where the attempt stands, for the panel. */
  report(pending: PendingSignIn): void;
}

/** A way to sign in. */
export interface ISignInFlow {
  readonly id: FlowId;
  /** @throws `CdfAuthError`; with code `cancelled` when the signal was aborted. */
  signIn(connection: IConnection, attempt: IAttempt): Promise<AnySession>;
}
