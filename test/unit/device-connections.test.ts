import { ServerConnection } from '@jupyterlab/services';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from '../../src/identity/connections';
import { ServerApi } from '../../src/identity/server-api';
import type { IConnection } from '../../src/tokens';

interface IExample {
  name: string;
  entry: unknown;
  completed?: Record<string, unknown>;
  problem?: string;
}

const examples = JSON.parse(
  readFileSync(join(__dirname, '..', 'vectors', 'connections.json'), 'utf8')
) as IExample[];

/** What a server is sent that is asked for a device code. */
async function sentFor(connection: IConnection): Promise<unknown> {
  const request = jest
    .spyOn(ServerConnection, 'makeRequest')
    .mockResolvedValue({
      ok: true,
      status: 201,
      json: () => Promise.resolve({})
    } as Response);
  const settings = { baseUrl: 'http://localhost/' };
  const api = new ServerApi(settings as ServerConnection.ISettings);
  await api.start(connection, null, null);
  return JSON.parse(request.mock.lastCall![1].body as string);
}

describe('a connection is completed as the server does it', () => {
  const good = examples.filter(({ completed }) => completed);

  test.each(good)('$name', async ({ entry, completed }) => {
    const { connections, problems } = readSettings([entry], {});
    expect(problems).toEqual([]);
    const [connection] = connections;
    const { project, ...form } = completed!;
    expect(await sentFor(connection!)).toEqual({ connection: form });
    expect(connection!.project ?? null).toBe(project);
  });
});

describe('a connection is refused where the server refuses it', () => {
  const bad = examples.filter(({ completed }) => !completed);

  test.each(bad)('$name', ({ entry, problem }) => {
    const { connections, problems } = readSettings([entry], {});
    expect(connections).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.message).toContain(`"${problem}"`);
  });
});
