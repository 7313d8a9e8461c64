import { Signal } from '@lumino/signaling';
import * as React from 'react';
import { createRoot } from 'react-dom/client';
import { act } from 'react';
import type { IPanelProps } from '../../src/panel/views';
import { Panel } from '../../src/panel/views';
import { ago, moment } from '../../src/panel/time';
import type { IKernelEntry, IProjects } from '../../src/tokens';
import { FakeClock } from '../fakes/clock';
import { FakeGuard } from '../fakes/guard';
import { FakeSessions, connection } from '../fakes/sessions';

(globalThis as Record<string, unknown>)['IS_REACT_ACT_ENVIRONMENT'] = true;

const europe = connection({ label: 'Europe' });
const problem = { code: 'x', message: 'It broke.', action: 'Mend it.' };

const entry = (
  state: IKernelEntry['state'],
  fields: Partial<IKernelEntry> = {}
): IKernelEntry => ({
  id: 'k',
  names: ['forecast.ipynb'],
  state,
  waitsFor: state === 'waiting' ? 'sign-in' : null,
  problem: null,
  lastServed: null,
  ...fields
});

function create(props: Partial<IPanelProps> = {}) {
  const clock = new FakeClock();
  const sessions = new FakeSessions<any>();
  const calls: string[] = [];
  const projects = {
    status: 'none',
    names: [],
    selected: null,
    failure: null,
    changed: new Signal<any, void>({}),
    select: (name: string) => void calls.push(`select ${name}`),
    reload: async () => void calls.push('reload')
  } as IProjects & Record<string, any>;
  const kernels = {
    entries: [] as IKernelEntry[],
    changed: new Signal<any, void>({}),
    claim: () => void calls.push('claim')
  };
  const outputs = new FakeGuard();
  const alice = {
    id: 's',
    holder: 'tab',
    account: { name: 'Alice Example', username: 'alice@contoso.test' },
    until: clock.now() + 3600_000,
    kept: 'tab',
    profile: null,
    problem: null
  };
  const host = document.createElement('div');
  act(() =>
    createRoot(host).render(
      <Panel
        {...{ sessions, projects, kernels, outputs, clock }}
        openSettings={() => void calls.push('settings')}
        {...props}
      />
    )
  );
  const set = (state: object): void => act(() => sessions.set(state as any));
  const signIn = (projectState: object = {}, sessionState = {}): void => {
    Object.assign(projects, projectState);
    set({
      connections: [europe],
      connection: europe,
      session: { ...alice, ...sessionState }
    });
  };
  const button = (name: string): HTMLButtonElement | undefined =>
    [...host.querySelectorAll('button')].find(
      one => one.textContent === name || one.getAttribute('aria-label') === name
    );
  const click = (name: string): void => act(() => button(name)!.click());
  return {
    host,
    sessions,
    kernels,
    outputs,
    calls,
    clock,
    set,
    signIn,
    button,
    click
  };
}

describe('the panel', () => {
  it('leads to the settings while there is no connection', () => {
    const { host, click, calls, button } = create();
    expect(host.textContent).toContain('No connection yet');
    expect(button('Sign in')).toBeUndefined();
    click('Open the settings');
    expect(calls).toEqual(['settings']);
  });

  it('says before a sign-in that tokens could be read on the way to a gateway', () => {
    const host = 'gateway.example.com';
    const { host: panel } = create({ unencryptedGateway: host });
    const notice = panel.querySelector('[role=alert]')!;
    expect(notice.textContent).toContain(host);
    expect(notice.textContent).toContain('https');
    expect(create().host.querySelector('[role=alert]')).toBeNull();
  });

  it('signed out: one click signs in', () => {
    const { set, click, sessions } = create();
    set({ connections: [europe], connection: europe });
    click('Sign in');
    expect(sessions.calls).toEqual(['signIn interactive']);
  });

  it('signing in: can be cancelled, and offers another try when the window is gone', () => {
    const { host, set, click, button, sessions } = create();
    set({
      connections: [europe],
      connection: europe,
      pending: { flow: 'interactive', windowClosed: false }
    });
    expect(host.textContent).toContain('Waiting for you');
    expect(button('Sign in')).toBeUndefined();
    set({ pending: { flow: 'interactive', windowClosed: true } });
    click('Sign in');
    click('Cancel');
    expect(sessions.calls).toEqual(['signIn interactive', 'cancelSignIn']);
  });

  it('device code: shows the code, where it goes and the time that is left', () => {
    const { host, set, click, sessions, clock } = create();
    set({ connections: [europe], connection: europe });
    click('Sign in with a device code');
    const pending = { flow: 'device-code', code: null, page: '', until: 0 };
    set({ pending });
    expect(host.textContent).toContain('Asking for a code');
    const page = 'https://microsoft.com/devicelogin';
    const until = clock.now() + 872_000;
    set({ pending: { ...pending, code: 'BQKX-7TRD', page, until } });
    expect(host.querySelector('[aria-label="Device code"]')?.textContent).toBe(
      'BQKX-7TRD'
    );
    expect(host.textContent).toContain('microsoft.com/devicelogin');
    expect(host.textContent).toContain('14:32 left');
    click('Cancel');
    expect(sessions.calls).toEqual(['signIn device-code', 'cancelSignIn']);
  });

  it('a session of this tab: explains what keeping it running means, and then gets a code', () => {
    const keep = 'Keep this running when I close the browser';
    const { host, signIn, click, button, sessions } = create();
    signIn();
    expect(button('Sign in with a device code')).toBeUndefined();
    click(keep);
    expect(button(keep)).toBeUndefined();
    const explanation = host.querySelector('[role=group]')!;
    const heading = explanation.querySelector('h3')!;
    expect(heading.textContent).toBe(keep);
    expect(explanation.getAttribute('aria-labelledby')).toBe(heading.id);
    for (const what of ['alice@contoso.test', 'server', 'project']) {
      expect(explanation.textContent).toContain(what);
    }
    expect(sessions.calls).toEqual([]);
    click('Not now');
    expect(host.querySelector('[role=group]')).toBeNull();
    click(keep);
    click('Get a code');
    expect(sessions.calls).toEqual(['moveToServer']);
  });

  it('a session that is being moved: says who has to sign in, and can be cancelled', () => {
    const { host, signIn, set, click, sessions, clock } = create();
    signIn();
    const page = 'https://microsoft.com/devicelogin';
    const until = clock.now() + 872_000;
    const pending = { flow: 'device-code', code: 'BQKX-7TRD', page, until };
    set({ pending: { ...pending, isMove: false } });
    expect(host.textContent).not.toContain('Sign in there as');
    set({ pending: { ...pending, isMove: true } });
    expect(host.textContent).toContain('Sign in there as alice@contoso.test');
    click('Cancel');
    expect(sessions.calls).toEqual(['cancelSignIn']);
  });

  it.each([{ holder: 'server', until: null }, { problem }])(
    'with %j: there is nothing to keep running',
    fields => {
      const { signIn, button } = create();
      signIn({}, fields);
      expect(
        button('Keep this running when I close the browser')
      ).toBeUndefined();
    }
  );

  it.each([
    ['memory', 'Ends when the Jupyter server stops'],
    ['file', 'in a file that only its user can read'],
    ['vault', "in the system's vault"]
  ])(
    'a session of the server, in its %s: says that it goes on, and until when',
    (kept, said) => {
      const { host, signIn } = create();
      signIn({}, { holder: 'server', until: null, kept });
      const status = host.querySelector('[role=status]')!.textContent;
      expect(status).toContain('Goes on when you close the browser');
      expect(status).toContain(said);
    }
  );

  it('offers the profiles by name, with what they are for', () => {
    const { host, set, click, sessions } = create();
    const profiles = [
      { name: 'nightly', description: 'Forecasts of one plant' },
      { name: 'reports', description: '' }
    ];
    set({ connections: [europe], connection: europe, profiles });
    expect(host.textContent).toContain('Forecasts of one plant');
    click('Use the profile nightly');
    expect(sessions.calls).toEqual(['useProfile nightly']);
    set({ pending: { flow: 'profile', name: 'nightly' } });
    expect(host.querySelector('[role=status]')!.textContent).toContain(
      'asks for a token'
    );
    click('Cancel');
    expect(sessions.calls).toEqual(['useProfile nightly', 'cancelSignIn']);
  });

  it('a profile: nobody is asked to sign in, and the others are offered', () => {
    const { host, signIn, set, button } = create();
    signIn({}, { holder: 'server', kept: 'memory', profile: 'nightly' });
    set({
      profiles: [
        { name: 'nightly', description: '' },
        { name: 'reports', description: '' }
      ]
    });
    expect(host.querySelector('[role=status]')!.textContent).toContain(
      'Works with nobody signed in'
    );
    expect(button('Use the profile nightly')).toBeUndefined();
    expect(button('Use the profile reports')).toBeDefined();
    expect(
      button('Keep this running when I close the browser')
    ).toBeUndefined();
  });

  it('a profile that gets no token: says why, and can be checked again', () => {
    const { host, signIn, click, button, calls, kernels } = create();
    kernels.entries = [entry('waiting', { waitsFor: 'elsewhere' })];
    signIn(
      { status: 'failed', failure: problem },
      { holder: 'server', profile: 'nightly', problem }
    );
    expect(host.textContent.split('It broke.')).toHaveLength(2);
    expect(host.textContent).toContain('forecast.ipynb is waiting.');
    expect(host.textContent).not.toContain('Sign in');
    expect(host.textContent).toContain('waiting for the profile');
    expect(host.querySelector('[role=status]')!.textContent).toContain(
      'Gives no tokens now'
    );
    expect(button('Sign in with a device code')).toBeUndefined();
    click('Check again');
    expect(calls).toEqual(['reload']);
  });

  it('offers the other accounts', () => {
    const { signIn, sessions, click } = create();
    const other = {
      id: 's2',
      holder: 'server',
      account: { name: 'Bob', username: 'bob@contoso.test' }
    };
    sessions.others = [other];
    signIn();
    click('Use bob@contoso.test');
    expect(sessions.calls).toEqual(['selectSession s2']);
  });

  it('failed: says what happened and what to do, and stays usable', () => {
    const { host, set, button } = create();
    set({ connections: [europe], connection: europe, failure: problem });
    expect(host.querySelector('[role=alert]')?.textContent).toBe(
      'It broke.Mend it.'
    );
    expect(button('Sign in')).toBeDefined();
  });

  it('shows what is wrong with the settings beside what works', () => {
    const { host, set, button } = create();
    set({ connections: [europe], connection: europe, problems: [problem] });
    expect(host.textContent).toContain('It broke.');
    expect(button('Sign in')).toBeDefined();
  });

  it('signed in: account and limits in the status, projects to choose from', () => {
    const { host, signIn, click, sessions } = create();
    signIn({ status: 'loaded', names: ['north', 'south'], selected: 'south' });
    const status = host.querySelector('[role=status]')!.textContent;
    expect(status).toContain('Alice Example');
    expect(status).toContain('alice@contoso.test');
    expect(status).toMatch(/Good until .* while this tab is open/);
    const select = host.querySelectorAll('select')[1]!;
    expect(select.labels[0]?.textContent).toBe('Project');
    expect([...select.options].map(({ value }) => value)).toEqual([
      'north',
      'south'
    ]);
    expect(select.value).toBe('south');
    click('Sign out');
    expect(sessions.calls).toEqual(['signOut']);
  });

  it('asks for a choice where no project is selected', () => {
    const { host, signIn } = create();
    signIn({ status: 'loaded', names: ['north', 'south'], selected: null });
    const select = host.querySelectorAll('select')[1]!;
    expect(select.selectedOptions[0]?.textContent).toBe('Choose a project');
  });

  it('lets a name be typed where CDF lists none', () => {
    const { host, signIn } = create();
    signIn({ status: 'failed', names: [], failure: problem });
    const input = host.querySelector('input[role=combobox]')!;
    expect((input as HTMLInputElement).labels?.[0]?.textContent).toBe(
      'Project'
    );
    expect(host.textContent).toContain('Mend it.');
  });

  it('takes a typed name when the user says so, and shows what is chosen elsewhere', () => {
    const { host, signIn, calls, sessions } = create();
    const typed = { status: 'loaded', names: [], selected: 'plant-north' };
    signIn(typed);
    const input = host.querySelector<HTMLInputElement>('input[role=combobox]')!;
    const type = (text: string): void =>
      act(() => {
        // React listens to the prototype's setter only.
        const { set } = Object.getOwnPropertyDescriptor(
          HTMLInputElement.prototype,
          'value'
        )!;
        set!.call(input, text);
        input.dispatchEvent(new Event('input', { bubbles: true }));
      });
    type('plant-n');
    act(() => {
      input.dispatchEvent(new FocusEvent('focusout', { bubbles: true }));
    });
    expect(calls).toEqual([]);
    expect(host.textContent).toContain('Notebooks stay in plant-north');
    // jsdom submits no form by a click outside of a document.
    const submit = new Event('submit', { bubbles: true, cancelable: true });
    act(() => void host.querySelector('form')!.dispatchEvent(submit));
    expect(calls).toEqual(['select plant-n']);
    signIn({ selected: 'plant-south' });
    expect(sessions.session).not.toBeNull();
    expect(input.value).toBe('plant-south');
    expect(host.textContent).not.toContain('Notebooks stay in');
  });

  it('an ended session: says so and offers the sign-in', () => {
    const { host, signIn, button } = create();
    signIn({}, { problem });
    expect(host.querySelector('[role=status]')!.textContent).toContain(
      'has ended'
    );
    expect(button('Sign in')).toBeDefined();
  });

  it('names the notebook that waits, only while a sign-in can help', () => {
    const { host, set, signIn, kernels } = create();
    kernels.entries = [entry('waiting')];
    set({ connections: [europe], connection: europe });
    expect(host.textContent).toContain('forecast.ipynb is waiting for you.');
    signIn();
    expect(host.textContent).not.toContain('is waiting for you');
  });

  it('says why the sign-in service keeps a notebook waiting', () => {
    const { host, signIn, kernels } = create();
    kernels.entries = [entry('waiting', { waitsFor: 'provider', problem })];
    signIn();
    const notice = host.querySelector('[role=alert]')!.textContent;
    expect(notice).toContain('forecast.ipynb is waiting. It broke.');
    expect(notice).toContain('goes on by itself');
    expect(notice).toContain('Mend it.');
    expect(host.querySelector('.jp-CdfAuth-kernelState')!.textContent).toBe(
      'waiting for the sign-in service'
    );
  });

  it.each([
    [
      null,
      'is waiting. The sign-in service',
      'waiting for the sign-in service'
    ],
    [problem, 'is waiting for you', 'waiting for a sign-in']
  ])(
    'says what a session of the server that a notebook waits for needs (%j)',
    (problem, words, state) => {
      const { host, signIn, kernels, button } = create();
      kernels.entries = [entry('waiting', { waitsFor: 'server' })];
      signIn({}, { holder: 'server', problem });
      expect(host.textContent).toContain(words);
      expect(button('Go on as alice@contoso.test')).toBeUndefined();
      expect(host.querySelector('.jp-CdfAuth-kernelState')!.textContent).toBe(
        state
      );
    }
  );

  it('offers the own sign-in to a notebook that waits for that of another window', () => {
    const { host, set, signIn, kernels, button, click, calls } = create();
    kernels.entries = [entry('waiting', { waitsFor: 'elsewhere' })];
    set({ connections: [europe], connection: europe });
    expect(host.textContent).toContain(
      "forecast.ipynb is waiting for a sign-in that isn't held here."
    );
    expect(host.textContent).toContain('Sign in here as the same account');
    expect(button('Go on as alice@contoso.test')).toBeUndefined();
    signIn();
    click('Go on as alice@contoso.test');
    expect(calls).toEqual(['claim']);
  });

  it('names the notebook that is saved with a token, and what can be done', () => {
    const { host, outputs, clock, click } = create();
    const leak = {
      id: 'l',
      notebook: 'forecast.ipynb',
      cells: ['[3]', '[4]', 'number 7'],
      until: clock.now() + 3600_000
    };
    act(() => outputs.set(leak));
    expect(host.querySelector('[role=alert]')!.textContent).toMatch(
      /^forecast\.ipynb is saved with an access token in the outputs of cells \[3\], \[4\] and number 7\.Whoever can read the file can use the token until .*\. Clear the output, then save the notebook again\./
    );
    click('Clear output and save');
    click('Clear output');
    click('Keep');
    expect(outputs.calls).toEqual(['clearAndSave l', 'clear l', 'keep l']);
    act(() => outputs.set());
    expect(host.querySelector('[role=alert]')).toBeNull();
  });

  it.each([
    ['old-python', 'needs Python 3.10 or newer', 'Choose a kernel'],
    [
      'no-ipykernel',
      'needs ipykernel 6.29 or newer',
      'Update it in the environment'
    ],
    ['other-version', 'another version of cdf-auth', 'Restart it'],
    ['failed', "can't be prepared", 'Restart it'],
    ['not-python', 'not a Python kernel', 'left alone'],
    ['unreachable', "doesn't answer", 'restart it']
  ] as const)(
    'says what is wrong with a kernel that is "%s", and what to do',
    (state, words, advice) => {
      const { host, set, kernels } = create();
      kernels.entries = [entry(state)];
      set({ connections: [europe], connection: europe });
      const shown = host.querySelector('.jp-CdfAuth-kernelState')!;
      expect(shown.textContent).toBe(words);
      const help = host.querySelector('.jp-CdfAuth-kernelHelp')!;
      expect(help.textContent).toContain(advice);
    }
  );

  it('lists the kernels by name with how they stand', () => {
    const { host, set, kernels } = create();
    kernels.entries = [
      entry('attached', { id: '1', names: ['a.ipynb'] }),
      entry('not-python', { id: '2', names: ['b', 'c'] })
    ];
    set({ connections: [europe], connection: europe });
    const list = host.querySelector('ul')!;
    const name = list.getAttribute('aria-labelledby')!;
    expect(host.querySelector(`[id="${name}"]`)?.textContent).toBe('Kernels');
    expect([...list.children].map(item => item.textContent)).toEqual([
      'a.ipynbready',
      'b, cnot a Python kernelTokens are brought to Python kernels only; this one is left alone.'
    ]);
  });
});

describe('times', () => {
  const now = new Date(2026, 0, 31, 17, 0).getTime();

  it('to come name the day when it is not today', () => {
    expect(moment(now + 60_000, now)).not.toContain('tomorrow');
    expect(moment(now + 24 * 3600_000, now)).toMatch(/ tomorrow$/);
    expect(moment(now + 72 * 3600_000, now)).toMatch(/ on /);
  });

  it('past are rounded down', () => {
    expect(ago(now - 59_000, now)).toBe('just now');
    expect(ago(now - 119_000, now)).toBe('1 min ago');
    expect(ago(now - 7_200_000, now)).toBe('2 h ago');
  });
});
