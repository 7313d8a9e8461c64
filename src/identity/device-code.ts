import type { IClock } from '../shared/clock';
import { CdfAuthError, cancelled } from '../shared/errors';
import type { IConnection } from '../tokens';
import type { IAttempt, ISignInFlow } from './flows';
import type { IReplaced, IServerApi, IServerSession } from './server-api';
import { ServerSession } from './server-session';
import type { InteractiveSession } from './session';

/** Milliseconds between two looks at what the server has heard from the provider. */
const POLL_EVERY = 1000;

/**
 * Signing in with a device code (RFC 8628). The server talks to the provider and keeps the session, because
 * a page can't: the provider allows no cross-origin request there.
 */
export class DeviceCodeFlow implements ISignInFlow {
  constructor(
    private readonly _api: IServerApi,
    private readonly _clock: IClock
  ) {}

  readonly id = 'device-code';

  async signIn(
    connection: IConnection,
    attempt: IAttempt
  ): Promise<ServerSession> {
    const { existing, replaces, report } = attempt;
    const isMove = replaces !== null;
    report({ flow: 'device-code', code: null, page: '', until: 0, isMove });
    const ended = existing.find(
      one =>
        one instanceof ServerSession &&
        one.profile === null &&
        one.problem !== null
    );
    // Asked to the end also where it is called off: the server would have the session nevertheless.
    const started = await (replaces
      ? this._api.start(connection, null, described(replaces))
      : this._api.start(connection, ended?.id ?? null, null));
    if (attempt.signal.aborted) {
      this._callOff(started, attempt);
      throw cancelled();
    }
    attempt.started(started.id);
    return this.follow(connection, started, attempt);
  }

  /** Wait until the pending sign-in has ended, one that was started before a reload included. */
  async follow(
    connection: IConnection,
    started: IServerSession,
    attempt: IAttempt
  ): Promise<ServerSession> {
    const { signal, report } = attempt;
    let session = started;
    while (session.status === 'pending') {
      if (session.device) {
        const { userCode, verificationUri, expiresIn } = session.device;
        const until = this._clock.now() + expiresIn * 1000;
        report({
          flow: 'device-code',
          code: userCode,
          page: verificationUri,
          until,
          isMove: started.replaces !== null
        });
      }
      try {
        await this._pause(signal);
        session = await this._look(session, signal);
      } catch (error) {
        if (signal.aborted) {
          this._callOff(started, attempt);
          throw cancelled();
        }
        throw error;
      }
    }
    if (session.status !== 'active' || !session.account) {
      const { code, message, action } = session.problem ?? LOST;
      throw new CdfAuthError(code, message, action);
    }
    return new ServerSession(session, connection, session.account);
  }

  /** To remove a session that is being renewed would sign it out: its code just expires. */
  private _callOff(
    { id, account }: IServerSession,
    { existing, unwanted }: IAttempt
  ): void {
    const isRenewal = account !== null || existing.some(one => one.id === id);
    if (!isRenewal) {
      unwanted(id);
    }
  }

  /** A server that is away for a moment doesn't end the sign-in. */
  private async _look(
    session: IServerSession,
    signal: AbortSignal
  ): Promise<IServerSession> {
    try {
      return await this._api.get(session.id, signal);
    } catch (error) {
      if (error instanceof CdfAuthError && error.transient) {
        return session;
      }
      throw error instanceof CdfAuthError && error.code === 'no_session'
        ? LOST
        : error;
    }
  }

  private _pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = this._clock.schedule(resolve, POLL_EVERY);
      signal.addEventListener(
        'abort',
        () => {
          stop();
          reject(cancelled());
        },
        { once: true }
      );
    });
  }
}

/** What the server has to know to see that the same person signs in. */
function described({ id, account }: InteractiveSession): IReplaced {
  const { username, objectId = null } = account;
  return { session: id, account: { username, objectId } };
}

const LOST = new CdfAuthError(
  'sign_in_lost',
  'The Jupyter server no longer knows of this sign-in.',
  'It may have been restarted. Sign in again.'
);
