import { settle } from '../fakes/clock';
import { createCourier, has } from '../fakes/holder';
import type { FakeTransport } from '../fakes/transport';

const NOW = '2026-01-01T00:00:00.000Z';

async function reconnect(transport: FakeTransport): Promise<void> {
  transport.isConnected = true;
  transport.setStatus('busy');
  await settle();
}

function disconnect(transport: FakeTransport): void {
  transport.isConnected = false;
  transport.setStatus('unknown');
}

it('a choice that was made while the connection was away is told when it is back', async () => {
  const { transport, holder } = await createCourier(has('a'));
  disconnect(transport);
  holder.select('north', NOW);
  transport.sent.length = 0;
  await reconnect(transport);
  expect(transport.operations).toEqual(['hello', 'context']);
  expect(transport.executed).toEqual([]);
});

it('a question that was asked meanwhile is answered when it is back', async () => {
  const { transport, holder } = await createCourier(has('a'));
  disconnect(transport);
  transport.open = [transport.question({ id: 'meanwhile' })];
  await reconnect(transport);
  expect(holder.asked.map(({ id }) => id)).toEqual(['meanwhile']);
});

it('a sign-out that the kernel could not hear is told when it is back, and once', async () => {
  const { transport, holder } = await createCourier(has('a'));
  disconnect(transport);
  holder.ended.emit('s1');
  await settle();
  transport.sent.length = 0;
  await reconnect(transport);
  expect(transport.sent[1]).toMatchObject({ op: 'bye', session: 's1' });
  disconnect(transport);
  await reconnect(transport);
  expect(transport.operations).toEqual(['hello', 'bye', 'hello']);
});

it('a new process hears of no session that has ended before', async () => {
  const { transport, holder } = await createCourier(has('a'));
  disconnect(transport);
  holder.ended.emit('s1');
  transport.agent = 'b';
  transport.restarted.emit();
  transport.sent.length = 0;
  await reconnect(transport);
  expect(transport.operations).toEqual(['hello']);
});

it('a status that changes while the connection stays is no reason to greet', async () => {
  const { transport } = await createCourier(has('a'));
  transport.setStatus('busy');
  transport.setStatus('idle');
  await settle();
  expect(transport.operations).toEqual(['hello']);
});
