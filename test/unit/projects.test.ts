import { listProjects } from '../../src/cdf/inspect';
import { Projects } from '../../src/cdf/projects';
import { CdfAuthError } from '../../src/shared/errors';
import type { IJsonAnswer } from '../../src/shared/http';
import { Secret } from '../../src/shared/secret';
import { settle } from '../fakes/clock';
import { FakeSessions, connection } from '../fakes/sessions';

const signal = new AbortController().signal;
const token = new Secret('a.b.c');
const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status });

describe('listing the projects of a token', () => {
  const list = (
    answer: () => Promise<Response>,
    viaServer?: () => Promise<IJsonAnswer>
  ): Promise<string[]> =>
    listProjects(
      {
        fetch: answer,
        viaServer:
          viaServer ??
          (() => {
            throw new Error('the server was asked');
          })
      },
      'westeurope-1',
      'https://westeurope-1.cognitedata.com',
      token,
      signal
    );

  it('asks the cluster with the token and sorts what it says', async () => {
    let asked: [string, RequestInit | undefined] | null = null;
    const names = await listProjects(
      {
        fetch: async (url, init) => {
          asked = [url, init];
          return json(200, {
            projects: [
              { projectUrlName: 'south' },
              { projectUrlName: 'north' },
              { projectUrlName: 'south' }
            ]
          });
        },
        viaServer: () => Promise.reject(new Error())
      },
      'c',
      'https://c.example',
      token,
      signal
    );
    expect(names).toEqual(['north', 'south']);
    expect(asked![0]).toBe('https://c.example/api/v1/token/inspect');
    expect(asked![1]).toMatchObject({
      headers: { Authorization: 'Bearer a.b.c' },
      redirect: 'error'
    });
  });

  it('goes by way of the server where CORS says no', async () => {
    const names = await list(
      () => Promise.reject(new TypeError('Failed to fetch')),
      async () => ({
        status: 200,
        body: { projects: [{ projectUrlName: 'rig' }] }
      })
    );
    expect(names).toEqual(['rig']);
  });

  it.each([
    ['401', () => json(401, {}), 'cdf_unauthorized'],
    ['403', () => json(403, {}), 'cdf_forbidden'],
    ['500', () => json(500, {}), 'server_fault'],
    [
      'a 502 in HTML',
      () => new Response('<html>', { status: 502 }),
      'server_fault'
    ],
    ['no projects', () => json(200, { subject: 'x' }), 'cdf_bad_answer'],
    ['a list', () => json(200, []), 'cdf_bad_answer'],
    ['null', () => json(200, null), 'cdf_bad_answer'],
    ['HTML', () => new Response('<html>'), 'not_json']
  ])('explains %s', async (_, answer, code) => {
    const outcome = list(async () => answer());
    await expect(outcome).rejects.toMatchObject({
      code,
      message: expect.stringContaining('westeurope-1'),
      action: expect.stringMatching(/./)
    });
  });

  it('skips entries that are none', async () => {
    const projects = [null, 3, {}, { projectUrlName: 7 }];
    expect(await list(async () => json(200, { projects }))).toEqual([]);
  });
});

const europe = connection({ label: 'Europe' });
const asia = connection({ label: 'Asia', cluster: 'asia-northeast1-1' });

function create(names: string[] | CdfAuthError, memory = new Map()) {
  const sessions = new FakeSessions<any>();
  const answers: (() => void)[] = [];
  const state: { names: string[] | CdfAuthError } = { names };
  const projects = new Projects(
    sessions,
    () =>
      new Promise((resolve, reject) => {
        const { names } = state;
        answers.push(() =>
          names instanceof Error ? reject(names) : resolve(names)
        );
      }),
    {
      read: key => memory.get(key) ?? null,
      write: (key, project) => void memory.set(key, project)
    }
  );
  const session = (id: string) => ({
    id,
    account: { name: id, username: `${id}@contoso.test` },
    until: 0,
    problem: null
  });
  const signIn = (id: string, where = europe): void =>
    sessions.set({
      connections: [europe, asia],
      connection: where,
      session: session(id)
    });
  const answer = async (): Promise<void> => {
    await settle();
    answers.shift()!();
    await settle();
  };
  return { sessions, projects, signIn, answer, state, memory };
}

describe('the selected project', () => {
  it('is nobody’s silent choice when there are several', async () => {
    const { projects, signIn, answer } = create(['north', 'south']);
    signIn('alice');
    expect(projects.status).toBe('loading');
    await answer();
    expect(projects).toMatchObject({ status: 'loaded', selected: null });
  });

  it('is the only one, or the one of the settings', async () => {
    const single = create(['north']);
    single.signIn('alice');
    await single.answer();
    expect(single.projects.selected).toBe('north');
    const configured = create(['north', 'south']);
    configured.signIn('alice', connection({ project: 'south' }));
    expect(configured.projects.selected).toBe('south');
    await configured.answer();
    expect(configured.projects.selected).toBe('south');
  });

  it('is dropped when the account does not have it', async () => {
    const { projects, signIn, answer } = create(['north', 'south']);
    signIn('bob', connection({ project: 'refinery' }));
    await answer();
    expect(projects.selected).toBeNull();
  });

  it('that the account does not have stays dropped when the list fails later', async () => {
    const { projects, signIn, answer, state } = create(['north', 'south']);
    signIn('bob', connection({ project: 'refinery' }));
    await answer();
    state.names = new CdfAuthError('timeout', 'Slow.', 'Wait.');
    void projects.reload();
    await answer();
    expect(projects).toMatchObject({ status: 'failed', selected: null });
  });

  it('is remembered for the session and the connection, and only for them', async () => {
    const { projects, signIn, answer, memory } = create(['north', 'south']);
    signIn('alice');
    await answer();
    projects.select('south');
    const reloaded = create(['north', 'south'], memory);
    reloaded.signIn('alice');
    expect(reloaded.projects.selected).toBe('south');
    reloaded.signIn('bob');
    expect(reloaded.projects.selected).toBeNull();
    reloaded.signIn('alice', asia);
    expect(reloaded.projects.selected).toBeNull();
  });

  it.each([[[]], [new CdfAuthError('cdf_forbidden', 'No.', 'Type.')]])(
    'may be typed where CDF lists none: %p',
    async names => {
      const { projects, signIn, answer } = create(names);
      signIn('alice');
      await answer();
      projects.select(' plant-7 ');
      expect(projects.selected).toBe('plant-7');
    }
  );

  it('is refused with a sentence when it cannot be', async () => {
    const { projects, signIn, answer } = create(['north', 'south']);
    expect(() => projects.select('north')).toThrow('Nobody is signed in.');
    signIn('alice');
    await answer();
    expect(() => projects.select('refinery')).toThrow(
      'alice@contoso.test has no project "refinery"'
    );
    expect(() => projects.select('a/b')).toThrow("can't be the name");
    expect(() => projects.select('')).toThrow("can't be the name");
    expect(projects.selected).toBeNull();
  });
});

describe('a session that takes the place of another', () => {
  it('has its projects, of each connection, and none of them vanishes for a moment', async () => {
    const { projects, signIn, answer } = create(['north', 'south']);
    signIn('tab', asia);
    await answer();
    projects.select('south');
    signIn('tab');
    await answer();
    projects.select('north');
    const seen = new Set<string | null>();
    projects.changed.connect(() => void seen.add(projects.selected));
    projects.carryOver('tab', 'server');
    signIn('server');
    await answer();
    signIn('server', asia);
    await answer();
    expect([...seen]).toEqual(['north', 'south']);
  });

  it('has the only one too, which nobody has chosen', async () => {
    const { projects, signIn, answer } = create(['north']);
    signIn('tab');
    await answer();
    projects.carryOver('tab', 'server');
    signIn('server');
    expect(projects.selected).toBe('north');
  });
});

describe('the list of projects', () => {
  it('of a former account never replaces that of the present one', async () => {
    const { projects, signIn, answer, state } = create(['alices']);
    signIn('alice');
    await settle();
    state.names = ['bobs'];
    signIn('bob');
    await answer();
    await answer();
    expect(projects.names).toEqual(['bobs']);
  });

  it('failing leaves a sentence, and can be tried again', async () => {
    const { projects, signIn, answer, state } = create(
      new CdfAuthError('timeout', 'Slow.', 'Wait.')
    );
    signIn('alice');
    await answer();
    expect(projects).toMatchObject({
      status: 'failed',
      failure: { message: 'Slow.' }
    });
    state.names = ['north'];
    void projects.reload();
    await answer();
    expect(projects).toMatchObject({ status: 'loaded', failure: null });
  });

  it('goes with the sign-out', async () => {
    const { projects, signIn, answer, sessions } = create(['north']);
    signIn('alice');
    await answer();
    sessions.set({ session: null });
    expect(projects).toMatchObject({
      status: 'none',
      names: [],
      selected: null
    });
  });
});
