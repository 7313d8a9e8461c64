import { Signal } from '@lumino/signaling';
import { readSettings } from '../../src/identity/connections';
import type {
  FlowId,
  IConnection,
  IProblem,
  ISession,
  ISessions
} from '../../src/tokens';

/** A complete connection, as the settings give it. */
export function connection(fields: Record<string, unknown> = {}): IConnection {
  const { connections, problems } = readSettings(
    [
      {
        label: 'Contoso',
        tenant: 'contoso.test',
        clientId: 'spa',
        cluster: 'westeurope-1',
        ...fields
      }
    ],
    {}
  );
  if (!connections[0]) {
    throw new Error(problems[0]?.message);
  }
  return connections[0];
}

/** Sessions whose state a test sets, for what only looks at them. */
export class FakeSessions<Session> implements ISessions {
  connections: IConnection[] = [];
  problems: IProblem[] = [];
  connection: IConnection | null = null;
  session: (Session & ISessions['session']) | null = null;
  pending: ISessions['pending'] = null;
  failure: IProblem | null = null;
  calls: string[] = [];
  profiles: ISessions['profiles'] = [];
  others: (Session & ISession)[] = [];
  readonly changed: Signal<ISessions, void> = new Signal(this);
  readonly ended: Signal<ISessions, string> = new Signal(this);
  readonly chosen: Signal<ISessions, void> = new Signal(this);

  /** Change the state and tell everybody. */
  set(state: Partial<FakeSessions<Session>>): void {
    Object.assign(this, state);
    this.changed.emit();
  }

  find(id: string): (Session & { id: string }) | null {
    const all = [this.session, ...this.others] as (
      (Session & { id: string }) | null
    )[];
    return all.find(session => session?.id === id) ?? null;
  }

  selectConnection(id: string): void {
    this.calls.push(`selectConnection ${id}`);
    const found = this.connections.find(one => one.id === id) ?? null;
    this.set({ connection: found });
  }

  selectSession(id: string): void {
    this.calls.push(`selectSession ${id}`);
  }

  async signIn(flow: FlowId): Promise<void> {
    this.calls.push(`signIn ${flow}`);
  }

  async useProfile(name: string): Promise<void> {
    this.calls.push(`useProfile ${name}`);
  }

  async moveToServer(): Promise<void> {
    this.calls.push('moveToServer');
  }

  cancelSignIn(): void {
    this.calls.push('cancelSignIn');
  }

  async signOut(): Promise<void> {
    this.calls.push('signOut');
  }
}
