import * as protocol from '../../src/kernels/protocol';
import { WebsocketTransport } from '../../src/kernels/websocket';
import { FakeClock, settle } from '../fakes/clock';
import { FakeConnection } from '../fakes/connection';

const QUESTION = {
  id: 'q',
  instance: 'a',
  session: 's',
  scopes: [],
  minTtl: null,
  sent: 0,
  timeout: 60
};

const HELLO = protocol.hello('h');
const BYE = protocol.bye('a', null);
const AGENT = { v: 1, ok: true, instance: 'a' };

function connect(implementation: string, agent: object | null = AGENT) {
  const kernel = new FakeConnection(implementation);
  kernel.agent = agent as Record<string, unknown> | null;
  const transport = new WebsocketTransport(
    kernel.connection,
    () => 'python',
    new FakeClock()
  );
  return { kernel, transport };
}

/** A kernel of ipykernel, and how often it was found to have restarted. */
function restartable() {
  const { kernel, transport } = connect('ipython');
  let count = 0;
  transport.restarted.connect(() => {
    count += 1;
  });
  return { kernel, restarts: () => count };
}

/** A kernel of xeus-python that has been greeted. */
async function greet(agent: object | null = AGENT) {
  const made = connect('xeus-python', agent);
  const reply = await made.transport.send(HELLO, 1000);
  return { ...made, reply };
}

describe('a kernel of ipykernel', () => {
  it('is asked for comms and for nothing else where an agent acknowledges', async () => {
    const { kernel, transport } = connect('ipython');
    const reply = await transport.send(HELLO, 1000);
    expect(protocol.readAcknowledgement(reply)?.instance).toBe('a');
    await transport.send(BYE, 1000);
    expect(kernel.kinds).toEqual(['comm_info_request', 'comm_info_request']);
  });

  it('is never sent a completion', async () => {
    const { kernel, transport } = connect('ipython', null);
    const reply = await transport.send(HELLO, 1000);
    expect(protocol.readAcknowledgement(reply)).toBeNull();
    await transport.send(BYE, 1000);
    expect(kernel.kinds).toEqual([
      'comm_info_request',
      'kernel_info_request',
      'comm_info_request'
    ]);
  });

  it('has restarted once, though its old process still speaks after the restart was told', async () => {
    const { kernel, restarts } = restartable();
    kernel.says('iopub', 'status', {}, {}, 'process-1');
    kernel.statusChanged.emit((kernel.status = 'restarting'));
    await settle();
    kernel.says('iopub', 'status', {}, {}, 'process-1');
    kernel.says('iopub', 'status', {}, {}, 'process-2');
    expect(restarts()).toBe(1);
  });

  it('has restarted where only its messages show it', () => {
    const { kernel, restarts } = restartable();
    kernel.says('iopub', 'status', {}, {}, 'process-1');
    kernel.says('iopub', 'status', {}, {}, 'process-2');
    expect(restarts()).toBe(1);
  });

  it('has the status that the library says', () => {
    const { kernel, transport } = connect('ipython');
    kernel.saysStatus('busy', 'execute_request');
    kernel.saysStatus('idle', 'comm_msg');
    expect(transport.status).toBe('idle');
  });
});

describe('a kernel of xeus-python', () => {
  it('is greeted by a completion, once it has said what it is', async () => {
    const { kernel, reply } = await greet();
    expect(protocol.readAcknowledgement(reply)?.instance).toBe('a');
    expect(kernel.kinds).toEqual([
      'comm_info_request',
      'kernel_info_request',
      'complete_request'
    ]);
    const [, { code }] = kernel.control[2] ?? ['', {}];
    expect(code).toBe(
      `cdf-auth:${JSON.stringify(HELLO[protocol.CONTENT_KEY])}`
    );
  });

  it('is told all the rest by completions alone', async () => {
    const { kernel, transport } = await greet();
    const reply = await transport.send(BYE, 1000);
    expect(protocol.readAcknowledgement(reply)?.ok).toBe(true);
    expect(kernel.kinds.slice(3)).toEqual(['complete_request']);
  });

  it.each([[[]], [['a', 'b']], [['no JSON']], [['null']], ['none']])(
    'has no agent where it completes with %j',
    async matches => {
      const { kernel, transport } = await greet();
      jest.spyOn(kernel, 'sendControlMessage').mockImplementation(msg => {
        const { msg_id } = msg.header;
        kernel.says('control', 'complete_reply', { matches }, { msg_id });
        return { done: Promise.resolve() };
      });
      const reply = await transport.send(HELLO, 1000);
      expect(reply).not.toBeNull();
      expect(protocol.readAcknowledgement(reply)).toBeNull();
    }
  );

  it('is given no token in a second way before an agent has acknowledged', async () => {
    const { kernel, transport } = connect('xeus-python');
    await transport.send(
      protocol.answer(QUESTION, {
        op: 'token',
        session: 's',
        scopes: [],
        token: 'secret',
        expiresIn: 60,
        lifetime: 60
      }),
      1000
    );
    expect(kernel.kinds).toEqual(['comm_info_request']);
  });

  it('gets code on shell also when it is busy: on control it evaluates none', async () => {
    const { kernel, transport } = await greet(null);
    const sent = kernel.control.length;
    kernel.executed = {
      status: 'ok',
      user_expressions: { cdf_auth: { data: { 'text/plain': "'ok'" } } }
    };
    expect(await transport.execute('1', 'control', 1000)).toBe('ok');
    expect(kernel.control).toHaveLength(sent);
    expect(kernel.shell).toHaveLength(1);
  });

  it('is said not to fit where it evaluates nothing, being "raw"', async () => {
    const { kernel, transport } = await greet(null);
    kernel.executed = { status: 'error', ename: 'IndexError' };
    expect(await transport.execute('1', 'shell', 1000)).toBe('kernel');
  });

  it('is busy while a cell runs, though it says "idle" after each message on control', async () => {
    const { kernel, transport } = await greet();
    let changes = 0;
    transport.statusChanged.connect(() => (changes += 1));
    kernel.saysStatus('busy', 'execute_request');
    expect(changes).toBe(1);
    kernel.saysStatus('busy', 'complete_request');
    kernel.saysStatus('idle', 'complete_request');
    expect(transport.status).toBe('busy');
    expect(changes).toBe(1);
    kernel.saysStatus('idle', 'execute_request');
    expect(transport.status).toBe('idle');
    expect(changes).toBe(2);
  });

  it('is neither busy nor idle until it has said something of a cell or answered on shell', async () => {
    const { kernel, transport } = await greet();
    expect(transport.status).toBe('unknown');
    kernel.says('shell', 'kernel_info_reply', {}, { msg_id: 'other' });
    expect(transport.status).toBe('idle');
  });

  it('is asked anew what it is when it has a new process', async () => {
    const { kernel, transport } = await greet();
    kernel.says('iopub', 'status', {}, null, 'process-1');
    kernel.says('iopub', 'status', {}, null, 'process-2');
    await transport.send(HELLO, 1000);
    expect(kernel.kinds.slice(3)).toEqual(kernel.kinds.slice(0, 3));
  });
});

describe('a question', () => {
  const update = (display_id: string) => ({
    data: { 'application/vnd.cdf-auth+json': { op: 'token' } },
    metadata: {},
    transient: { display_id }
  });

  it.each([
    ['page', true],
    ['another', false]
  ])(
    'may come as an update of a display, for a cell of %s',
    async (session, ours) => {
      const { kernel, transport } = await greet();
      const received: unknown[] = [];
      transport.received.connect((_, incoming) => received.push(incoming));
      const parent = { msg_type: 'execute_request', session };
      kernel.says('iopub', 'update_display_data', update('cdf-auth'), parent);
      kernel.says('iopub', 'update_display_data', update('bar'), parent);
      expect(received).toEqual([{ data: { op: 'token' }, ours }]);
      await settle();
    }
  );

  it('may come without a parent', async () => {
    const { kernel, transport } = await greet();
    const received: unknown[] = [];
    transport.received.connect((_, { ours }) => received.push(ours));
    kernel.says('iopub', 'update_display_data', update('cdf-auth'), null);
    expect(received).toEqual([false]);
  });
});
