import { settle } from '../fakes/clock';
import type { ICourierSetup } from '../fakes/holder';
import { createCourier, has } from '../fakes/holder';

/** A busy kernel with an agent, whose output the server drops. */
async function dropping(): Promise<ICourierSetup> {
  const setup = await createCourier(({ transport }) => {
    transport.agent = 'a';
    transport.status = 'busy';
  });
  setup.transport.dropping.emit();
  return setup;
}

describe('while the server drops output', () => {
  it('asks for the open questions every two seconds, and answers each once', async () => {
    const { transport, holder, clock } = await dropping();
    await clock.advance(1999);
    expect(transport.operations).toEqual(['hello']);
    transport.open = [transport.question({ id: 'q1', session: 's1' })];
    await clock.advance(1);
    expect(transport.operations).toEqual(['hello', 'hello', 'token']);
    await clock.advance(4000);
    expect(holder.asked.map(({ id, ours }) => [id, ours])).toEqual([
      ['q1', false]
    ]);
    expect(transport.operations.slice(3)).toEqual(['hello', 'hello']);
  });

  it('ends with the cell', async () => {
    const { transport, clock } = await dropping();
    transport.setStatus('idle');
    await clock.advance(60_000);
    expect(transport.operations).toEqual(['hello']);
    expect(clock.pending).toBe(0);
  });

  it('is one loop, however often the server says so', async () => {
    const { transport, clock } = await dropping();
    transport.dropping.emit();
    await clock.advance(2000);
    transport.dropping.emit();
    await clock.advance(2000);
    expect(transport.operations).toEqual(['hello', 'hello', 'hello']);
  });

  it('goes on with a kernel whose status is not known after a reload', async () => {
    const { transport, clock } = await dropping();
    transport.status = 'unknown';
    await clock.advance(2000);
    expect(transport.operations).toEqual(['hello', 'hello']);
  });

  it('stops when the courier goes', async () => {
    const { courier, transport, clock } = await dropping();
    courier.dispose();
    await clock.advance(60_000);
    expect(transport.operations).toEqual(['hello']);
    expect(clock.pending).toBe(0);
  });

  it('remembers whose question it was', async () => {
    const { transport, holder, clock } = await dropping();
    holder.reply = {
      op: 'waiting',
      session: null,
      reason: 'sign_in_required',
      problem: null
    };
    transport.ask({ id: 'q1' }, true);
    await settle();
    transport.open = [transport.question({ id: 'q1' })];
    await clock.advance(2000);
    expect(holder.asked.map(({ ours }) => ours)).toEqual([true, true]);
  });

  it('ignores a question that is void', async () => {
    const { transport, holder, clock } = await dropping();
    transport.kernelClock = 100;
    transport.open = [transport.question({ sent: 0, timeout: 60 })];
    await clock.advance(4000);
    expect(holder.asked).toEqual([]);
  });
});

it('a question that was asked before this page came is answered', async () => {
  const { transport, holder } = await createCourier(setup => {
    has('a')(setup);
    setup.transport.open = [setup.transport.question({ id: 'before' })];
  });
  expect(holder.asked.map(({ id }) => id)).toEqual(['before']);
  expect(transport.operations).toEqual(['hello', 'token']);
});

it.each([
  undefined,
  null,
  'q1',
  7,
  { 0: 'q1' },
  [null, 3, [], {}, { v: 1, op: 'token' }]
])('an agent whose open questions are %j is attached to', async open => {
  const { transport, holder, courier } = await createCourier(setup => {
    has('a')(setup);
    setup.transport.open = open;
  });
  expect(courier.state).toBe('attached');
  expect(holder.asked).toEqual([]);
  expect(transport.operations).toEqual(['hello']);
});

it('garbage among the open questions hides no good one, and one of another process is no reason to look for it', async () => {
  const { transport, holder } = await createCourier(setup => {
    has('a')(setup);
    setup.transport.open = [
      'garbage',
      setup.transport.question({ id: 'theirs', instance: 'b' }),
      setup.transport.question({ id: 'good' })
    ];
  });
  expect(holder.asked.map(({ id }) => id)).toEqual(['good']);
  expect(transport.operations).toEqual(['hello', 'token']);
});

it('a replayed question of a process that is gone is not answered, and leads to one greeting only', async () => {
  const { transport, holder, courier } = await createCourier(has('a'));
  transport.ask({ id: 'late', instance: 'gone' });
  await settle();
  expect(transport.operations).toEqual(['hello', 'hello']);
  expect(holder.asked).toEqual([]);
  expect(courier.state).toBe('attached');
});
