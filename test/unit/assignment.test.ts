import { Signal } from '@lumino/signaling';
import { Assignment } from '../../src/kernels/assignment';
import type { IKernelEntry } from '../../src/tokens';
import { FakeClock, settle } from '../fakes/clock';

const entry = (
  id: string,
  state: IKernelEntry['state'] = 'attached'
): IKernelEntry => ({
  id,
  names: [id],
  state,
  waitsFor: null,
  problem: null,
  lastServed: null
});

function create() {
  const clock = new FakeClock();
  const kernels = {
    entries: [entry('k1'), entry('r', 'not-python'), entry('o', 'old-python')],
    changed: new Signal<any, void>({}),
    claim: () => undefined
  };
  const holder: any = {
    context: null,
    delegate: null,
    contextChanged: new Signal<any, void>({})
  };
  const calls: unknown[] = [];
  const state = { fails: false, unheard: [] as string[], awaits: true };
  const completed: string[] = [];
  new Assignment(
    kernels,
    holder,
    async (session, ids, context) => {
      calls.push([session, ids, context?.project ?? null]);
      if (state.fails) {
        throw new Error('away');
      }
      return state.unheard;
    },
    {
      isAwaited: () => state.awaits,
      complete: session => void completed.push(session)
    },
    clock
  );
  const select = (
    session: string,
    project: string,
    delegate = session
  ): void => {
    Object.assign(holder, { context: { session, project }, delegate });
    holder.contextChanged.emit();
  };
  return { clock, kernels, calls, completed, state, select };
}

it('names the Python kernels of the page to a session of the server, once for each change', () => {
  const { kernels, calls, select } = create();
  select('d1', 'north');
  kernels.changed.emit();
  kernels.entries = [...kernels.entries, entry('k2')];
  kernels.changed.emit();
  select('d1', 'south');
  expect(calls).toEqual([
    ['d1', ['k1'], 'north'],
    ['d1', ['k1', 'k2'], 'north'],
    ['d1', ['k1', 'k2'], 'south']
  ]);
});

it('takes the context back when another session is selected', () => {
  const { calls, select } = create();
  select('d1', 'north');
  select('s1', 'north', null as any);
  select('d2', 'south');
  expect(calls).toEqual([
    ['d1', ['k1'], 'north'],
    ['d1', ['k1'], null],
    ['d2', ['k1'], 'south']
  ]);
});

it('names none to the server while a session of this tab is selected', () => {
  const { kernels, calls, select } = create();
  select('s1', 'north', null as any);
  kernels.changed.emit();
  expect(calls).toEqual([]);
});

it('tries again when the server was away', async () => {
  const { clock, calls, state, select } = create();
  state.fails = true;
  select('d1', 'north');
  await settle();
  state.fails = false;
  await clock.advance(5000);
  await clock.advance(60_000);
  expect(calls).toHaveLength(2);
});

describe('a session that was moved to the server', () => {
  it('is done with when all kernels have heard of it', async () => {
    const { calls, completed, clock, state, select } = create();
    state.unheard = ['k1'];
    select('d1', 'north');
    await clock.advance(6000);
    expect(calls).toHaveLength(2);
    expect(completed).toEqual([]);
    state.unheard = [];
    await clock.advance(60_000);
    expect(calls).toHaveLength(3);
    expect(completed).toEqual(['d1']);
  });

  it('is not asked about for ever where this page waits for nothing', async () => {
    const { calls, clock, state, select } = create();
    Object.assign(state, { unheard: ['k1'], awaits: false });
    select('d1', 'north');
    await clock.advance(60_000);
    expect(calls).toHaveLength(1);
  });

  it('is done with at once where there is no kernel', () => {
    const { kernels, completed, select } = create();
    kernels.entries = [];
    select('d1', 'north');
    expect(completed).toEqual(['d1']);
  });

  it('is not done with while the server is away', async () => {
    const { clock, completed, state, select } = create();
    state.fails = true;
    select('d1', 'north');
    await clock.advance(20_000);
    expect(completed).toEqual([]);
  });

  it('is not done with by an answer that was overtaken', async () => {
    const { completed, select } = create();
    select('d1', 'north');
    select('s1', 'north', null as any);
    await settle();
    expect(completed).toEqual([]);
  });
});
