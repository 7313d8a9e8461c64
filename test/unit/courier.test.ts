import { settle } from '../fakes/clock';
import { TOKEN, createCourier as create, has } from '../fakes/holder';
import type { FakeTransport } from '../fakes/transport';

describe('attaching', () => {
  it('greets an agent that is there, and installs nothing', async () => {
    const { transport, courier } = await create(has('a'));
    expect(transport.operations).toEqual(['hello']);
    expect(transport.executed).toEqual([]);
    expect(courier.state).toBe('attached');
  });

  it('installs on shell in an idle kernel', async () => {
    const { transport, courier } = await create();
    expect(transport.executed).toEqual(['shell']);
    expect(courier.state).toBe('attached');
  });

  it('installs on control in a busy kernel', async () => {
    const { transport, courier } = await create(setup => {
      setup.transport.status = 'busy';
    });
    expect(transport.executed).toEqual(['control']);
    expect(courier.state).toBe('attached');
  });

  it('falls back to control when the shell turns out to be held up', async () => {
    const { transport, courier } = await create(setup => {
      setup.transport.runs = ['control'];
    });
    expect(transport.executed).toEqual(['shell', 'control']);
    expect(courier.state).toBe('attached');
  });

  it('leaves kernels of other languages alone', async () => {
    const { transport, courier } = await create(setup => {
      setup.transport.language = 'r';
    });
    expect(courier.state).toBe('not-python');
    expect(transport.sent).toEqual([]);
    expect(transport.executed).toEqual([]);
  });

  it('sends no code to a kernel that does not answer on control, and gives up', async () => {
    const { clock, transport, courier } = await create(setup => {
      setup.transport.isSilent = true;
    });
    await clock.advance(60_000);
    expect(courier.state).toBe('unreachable');
    expect(transport.executed).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('queues the installation ahead of the first cell of a kernel that is starting', async () => {
    const { transport, courier } = await create(setup => {
      setup.transport.isSilent = true;
      setup.transport.isConnected = false;
      setup.transport.status = 'unknown';
      setup.transport.runs = [];
    });
    expect(transport.executed).toEqual(['shell']);
    transport.isConnected = true;
    transport.isSilent = false;
    transport.agent = 'agent-1';
    transport.setStatus('idle');
    await settle();
    expect(courier.state).toBe('attached');
    expect(transport.executed).toEqual(['shell']);
  });

  it('waits for the installation that is queued, and does not install on control beside it', async () => {
    const ended: (() => void)[] = [];
    const { clock, transport, courier } = await create(setup => {
      holdShell(setup.transport, ended);
    });
    expect(transport.executed).toEqual(['shell']);
    expect(courier.state).toBe('attaching');
    transport.agent = 'agent-1';
    ended.forEach(end => end());
    await settle();
    expect(courier.state).toBe('attached');
    expect(transport.executed).toEqual(['shell']);
    expect(clock.pending).toBe(0);
  });

  it('installs on control where a cell keeps the queued installation from running', async () => {
    const { clock, transport, courier } = await create(setup => {
      holdShell(setup.transport, []);
    });
    await clock.advance(1000);
    expect(transport.executed).toEqual(['shell', 'control']);
    expect(courier.state).toBe('attached');
  });

  it('tries again when a silent kernel shows life', async () => {
    const { clock, transport, courier } = await create(setup => {
      setup.transport.isSilent = true;
    });
    await clock.advance(60_000);
    transport.isSilent = false;
    transport.setStatus('idle');
    await settle();
    expect(courier.state).toBe('attached');
  });

  it('waits for the connection', async () => {
    const { transport, courier } = await create(setup => {
      setup.transport.isConnected = false;
    });
    expect(transport.sent).toEqual([]);
    transport.isConnected = true;
    transport.setStatus('busy');
    await settle();
    expect(transport.executed).toEqual(['control']);
    expect(courier.state).toBe('attached');
  });

  it('after a restart queues the installation on shell at once, ahead of the next cell', async () => {
    const { transport, courier } = await create();
    transport.agent = null;
    transport.executed.length = 0;
    transport.runs = [];
    transport.status = 'unknown';
    transport.restarted.emit();
    expect(transport.executed).toEqual(['shell']);
    transport.agent = 'agent-2';
    await settle();
    expect(courier.state).toBe('attached');
    expect(transport.sent.at(-1)).toMatchObject({ op: 'hello' });
  });

  it('forgets with the old process when it was served', async () => {
    const { transport, courier } = await create(has('a'));
    transport.ask({ id: 'q' });
    await settle();
    expect(courier.lastServed).not.toBeNull();
    transport.restarted.emit();
    expect(courier.lastServed).toBeNull();
  });

  it('tells a kernel that comes after a sign-out so', async () => {
    const { transport } = await create(setup => {
      setup.holder.isSignedOut = true;
    });
    expect(transport.operations).toEqual(['hello', 'hello', 'bye']);
  });
});

it('a tab that has signed out leaves a kernel that follows another holder alone', async () => {
  const { transport } = await create(setup => {
    setup.transport.agent = 'a';
    setup.transport.followed = 'of-another-tab';
    setup.holder.isSignedOut = true;
  });
  expect(transport.operations).toEqual(['hello']);
});

it('answers again after a clock was set', async () => {
  const { transport, holder, clock } = await create(has('a'));
  clock.sleep(300_000);
  transport.kernelClock = 0;
  transport.ask({ id: 'q', sent: 0 });
  await settle();
  expect(holder.asked).toEqual([]);
  transport.ask({ id: 'q', sent: 0 });
  await settle();
  expect(holder.asked).toHaveLength(1);
});

describe('answering', () => {
  it('delivers to the instance that asked, and tells when', async () => {
    const { transport, courier, clock } = await create(has('a'));
    transport.ask({ id: 'q7', sent: 1_000_000.25 });
    await settle();
    expect(transport.sent.at(-1)).toMatchObject({
      op: 'token',
      id: 'q7',
      instance: 'a',
      token: 'a.b.c',
      expires_in: 60,
      // By this the agent tells how old it is when it arrives.
      sent: 1_000_000.25
    });
    expect(courier.lastServed).toBe(clock.now());
  });

  it('asks the holder once for a question that is repeated while it works, and never again', async () => {
    const { transport, holder } = await create(has('a'));
    let open = (): void => undefined;
    holder.gate = new Promise(resolve => (open = resolve));
    transport.ask({ id: 'q' });
    transport.ask({ id: 'q' });
    open();
    await settle();
    transport.ask({ id: 'q' });
    await settle();
    expect(holder.asked).toHaveLength(1);
    expect(transport.operations.filter(op => op === 'token')).toHaveLength(1);
  });

  it('delivers each answer to its question, in whatever order they come', async () => {
    const { transport, holder } = await create(has('a'));
    let openFirst = (): void => undefined;
    holder.gate = new Promise(resolve => (openFirst = resolve));
    transport.ask({ id: 'first' });
    holder.gate = Promise.resolve();
    transport.ask({ id: 'second' });
    await settle();
    openFirst();
    await settle();
    const answered = transport.sent.filter(({ op }) => op === 'token');
    expect(answered.map(({ id }) => id)).toEqual(['second', 'first']);
  });

  it('answers a question once though it comes again a hundred times, before the answer and after it', async () => {
    const { transport } = await create(has('a'));
    for (let time = 0; time < 100; time++) {
      transport.ask({ id: 'q' });
    }
    await settle();
    transport.ask({ id: 'q' });
    await settle();
    expect(transport.operations).toEqual(['hello', 'token']);
  });

  it('looks again at a question that had to wait for a sign-in', async () => {
    const { transport, holder, courier } = await create(has('a'));
    holder.reply = {
      op: 'waiting',
      session: null,
      reason: 'sign_in_required',
      problem: null
    };
    transport.ask({ id: 'q' });
    await settle();
    expect(courier.state).toBe('waiting');
    holder.reply = TOKEN;
    transport.ask({ id: 'q' });
    await settle();
    expect(courier.state).toBe('attached');
    expect(transport.operations.slice(-2)).toEqual(['waiting', 'token']);
  });

  it('sends nothing for a question that another holder has to answer', async () => {
    const { transport, holder } = await create(has('a'));
    holder.reply = null;
    transport.ask({ session: 'elsewhere' });
    await settle();
    expect(transport.operations).toEqual(['hello']);
  });

  it('ignores what is no request, and questions that are void by the clock of the kernel', async () => {
    const { transport, holder, clock } = await create(setup => {
      setup.transport.agent = 'a';
      setup.transport.kernelClock = 5_000_000;
    });
    transport.received.emit({ data: { op: 'token' }, ours: true });
    await clock.advance(61_000);
    transport.ask({ id: 'old' });
    transport.ask({ id: 'new', sent: 5_000_000 + 30 });
    await settle();
    expect(holder.asked.map(request => request.id)).toEqual(['new']);
  });

  it('sends a token only to an agent that it has met: a new instance is greeted first', async () => {
    const { transport } = await create(has('a'));
    transport.agent = 'b';
    transport.ask({ id: 'q', instance: 'b' });
    await settle();
    expect(transport.operations.slice(1)).toEqual(['hello', 'token']);
    expect(transport.sent.at(-1)).toMatchObject({ instance: 'b' });
  });

  it('installs the agent again when a delivery finds none', async () => {
    const { transport, courier } = await create(has('a'));
    transport.ask({ id: 'q' });
    transport.agent = null;
    await settle();
    expect(transport.executed).toEqual(['shell']);
    expect(courier.state).toBe('attached');
  });
});

describe('the context', () => {
  const settled = (transport: FakeTransport): unknown[] =>
    transport.sent
      .filter(message => message['op'] === 'context')
      .map(message => [message['project'], message['settled']]);

  it('is told when attaching', async () => {
    const { transport } = await create(setup => {
      setup.transport.agent = 'a';
      setup.holder.select('north');
    });
    expect(settled(transport)).toEqual([['north', false]]);
  });

  it('is sent at once and again after half a second of idleness', async () => {
    const { transport, holder, clock } = await create(has('a'));
    holder.select('north');
    expect(settled(transport)).toEqual([['north', false]]);
    await clock.advance(499);
    expect(settled(transport)).toHaveLength(1);
    await clock.advance(1);
    expect(settled(transport)).toEqual([
      ['north', false],
      ['north', true]
    ]);
    await clock.advance(60_000);
    expect(settled(transport)).toHaveLength(2);
  });

  it('is not settled while cells follow one another', async () => {
    const { transport, holder, clock } = await create(setup => {
      setup.transport.agent = 'a';
      setup.transport.status = 'busy';
    });
    holder.select('south');
    for (let cell = 0; cell < 20; cell++) {
      transport.setStatus('idle');
      await clock.advance(100);
      transport.setStatus('busy');
      await clock.advance(1000);
    }
    expect(settled(transport)).toEqual([['south', false]]);
    transport.setStatus('idle');
    await clock.advance(500);
    expect(settled(transport)).toEqual([
      ['south', false],
      ['south', true]
    ]);
  });

  it('ends at once with the sign-out', async () => {
    const { transport, holder, clock } = await create(has('a'));
    holder.select('north');
    holder.ended.emit('s1');
    await clock.advance(10_000);
    expect(transport.sent.at(-1)).toMatchObject({ op: 'bye', session: 's1' });
  });
});

it('a disposed courier neither sends nor waits', async () => {
  const { transport, holder, courier, clock } = await create(has('a'));
  holder.select('north');
  courier.dispose();
  const before = transport.sent.length;
  transport.ask({ id: 'q' });
  holder.select('south');
  transport.setStatus('idle');
  await clock.advance(60_000);
  expect(transport.sent).toHaveLength(before);
  expect(clock.pending).toBe(0);
  expect(transport.isDisposed).toBe(true);
});

/** A kernel that is starting, with a shell which ends what it got only when it is told to. */
function holdShell(transport: FakeTransport, ended: (() => void)[]): void {
  const execute = transport.execute.bind(transport);
  transport.status = 'unknown';
  transport.execute = async (code, channel) => {
    if (channel === 'control') {
      return execute(code, channel);
    }
    transport.executed.push(channel);
    return new Promise(resolve => ended.push(() => resolve('ok')));
  };
}
