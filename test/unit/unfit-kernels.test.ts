import { settle } from '../fakes/clock';
import type { ICourierSetup } from '../fakes/holder';
import { createCourier } from '../fakes/holder';

describe('a kernel that cannot be served', () => {
  it.each([
    ['python', 'old-python'],
    ['kernel', 'no-ipykernel'],
    ['version', 'other-version'],
    ['failed', 'failed']
  ] as const)(
    'says "%s" once, is shown as "%s", and gets no further code',
    async (outcome, state) => {
      const { transport, courier, clock } = await createCourier(setup => {
        setup.transport.outcome = outcome;
      });
      expect(courier.state).toBe(state);
      expect(transport.executed).toEqual(['shell']);
      transport.setStatus('busy');
      transport.setStatus('idle');
      await clock.advance(60_000);
      expect(transport.executed).toEqual(['shell']);
      expect(courier.state).toBe(state);
      expect(clock.pending).toBe(0);
    }
  );

  it('is tried again in its next process', async () => {
    const { transport, courier } = await createCourier(setup => {
      setup.transport.outcome = 'version';
    });
    transport.outcome = 'ok';
    transport.restarted.emit();
    expect(courier.state).toBe('attaching');
    await settle();
    expect(courier.state).toBe('attached');
    expect(transport.executed).toEqual(['shell', 'shell']);
  });

  it('is known before it answers anything, by the installation that was queued when it started', async () => {
    const { transport, courier, clock } = await createCourier(starting);
    await clock.advance(500);
    transport.isSilent = false;
    transport.setStatus('idle');
    await clock.advance(1000);
    expect(courier.state).toBe('old-python');
    expect(transport.executed).toEqual(['shell']);
  });

  it('may be one whose running agent speaks another version: nothing is installed over it', async () => {
    const { transport, courier } = await createCourier(setup => {
      setup.transport.agent = 'a';
      setup.transport.version = 2;
    });
    expect(courier.state).toBe('other-version');
    expect(transport.executed).toEqual([]);
    expect(transport.operations).toEqual(['hello']);
  });
});

it('an installation that says nothing, as in a kernel that holds the shell up, is tried on control', async () => {
  const { transport, courier } = await createCourier(setup => {
    setup.transport.runs = ['control'];
  });
  expect(transport.executed).toEqual(['shell', 'control']);
  expect(courier.state).toBe('attached');
});

function starting({ transport }: Omit<ICourierSetup, 'courier'>): void {
  transport.status = 'unknown';
  transport.isSilent = true;
  transport.outcome = 'python';
}
