import { Signal } from '@lumino/signaling';
import type { AccessToken } from '../../src/credentials/token';
import { Courier } from '../../src/kernels/courier';
import type { IHolder } from '../../src/kernels/holder';
import type {
  Answer,
  IContext,
  ITokenRequest
} from '../../src/kernels/protocol';
import { FakeClock, settle } from './clock';
import { FakeTransport } from './transport';

export const TOKEN: Answer = {
  op: 'token',
  session: 's1',
  scopes: ['x'],
  token: 'a.b.c',
  expiresIn: 60,
  lifetime: 60
};

/** A holder whose answers a test sets. */
export class FakeHolder implements IHolder {
  readonly id = 'h1';
  context: IContext | null = null;
  isSignedOut = false;
  delegate: string | null = null;
  reply: Answer | null = TOKEN;
  gate: Promise<void> = Promise.resolve();
  readonly asked: (ITokenRequest & { ours: boolean })[] = [];
  readonly contextChanged: Signal<IHolder, void> = new Signal(this);
  readonly ended: Signal<IHolder, string> = new Signal(this);
  readonly handedOut: Signal<IHolder, AccessToken> = new Signal(this);

  claim(): void {
    this.contextChanged.emit();
  }

  async answer(request: ITokenRequest, ours: boolean): Promise<Answer | null> {
    this.asked.push({ ...request, ours });
    await this.gate;
    return this.reply;
  }

  select(project: string, since = '2026-01-01T00:00:00.000Z'): void {
    this.context = {
      session: 's1',
      connection: 'Contoso',
      cluster: 'c',
      project,
      baseUrl: 'https://c.cognitedata.com',
      account: 'alice@contoso.test',
      scopes: ['x'],
      since
    };
    this.contextChanged.emit();
  }
}

/** A courier between the fakes. */
export interface ICourierSetup {
  clock: FakeClock;
  transport: FakeTransport;
  holder: FakeHolder;
  courier: Courier;
}

export async function createCourier(
  prepare?: (setup: Omit<ICourierSetup, 'courier'>) => void
): Promise<ICourierSetup> {
  const clock = new FakeClock();
  const transport = new FakeTransport();
  const holder = new FakeHolder();
  prepare?.({ clock, transport, holder });
  const courier = new Courier(
    transport,
    holder,
    { code: 'install()', load: async () => 'install()' },
    clock
  );
  await settle();
  return { clock, transport, holder, courier };
}

/** The kernel has an agent already. */
export const has =
  (agent: string) =>
  (setup: Omit<ICourierSetup, 'courier'>): void => {
    setup.transport.agent = agent;
  };
