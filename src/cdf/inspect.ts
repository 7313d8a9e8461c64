import type { Secret } from '../shared/secret';
import { CdfAuthError } from '../shared/errors';
import type { Fetch, IJsonAnswer } from '../shared/http';
import { fetchJson, serverFault } from '../shared/http';

/** Milliseconds that CDF may take. */
const TIMEOUT = 10_000;

/** Asks the Jupyter server to put the question to CDF; see `POST cdf-auth/inspect` in the server part. */
export type InspectViaServer = (
  baseUrl: string,
  token: Secret,
  signal: AbortSignal
) => Promise<IJsonAnswer>;

/** The ways to CDF. */
export interface IInspectPorts {
  fetch: Fetch;
  viaServer: InspectViaServer;
}

/**
 * The projects that `token` gives access to, in alphabetical order; may be empty.
 *
 * Source: CDF's `GET /api/v1/token/inspect`. CDF need not allow the page to ask (CORS): then the Jupyter
 * server asks.
 *
 * @throws `CdfAuthError`: `cdf_unauthorized`, `cdf_forbidden`, `cdf_bad_answer`, `unreachable`, `timeout`, or
 * what the server said.
 */
export async function listProjects(
  ports: IInspectPorts,
  cluster: string,
  baseUrl: string,
  token: Secret,
  signal: AbortSignal
): Promise<string[]> {
  const what = `CDF (${cluster})`;
  let answer: IJsonAnswer;
  try {
    answer = await fetchJson(
      ports.fetch,
      what,
      `${baseUrl}/api/v1/token/inspect`,
      { headers: { Authorization: `Bearer ${token.reveal()}` } },
      { timeout: TIMEOUT, signal }
    );
  } catch (error) {
    // A page can't tell "forbidden by CORS" from "not reachable".
    if (!(error instanceof CdfAuthError) || error.code !== 'unreachable') {
      throw error;
    }
    answer = await ports.viaServer(baseUrl, token, signal);
  }
  return readProjects(cluster, answer);
}

/** Read the answer to `token/inspect`, whoever has asked. Throws as `listProjects` does. */
export function readProjects(
  cluster: string,
  { status, body }: IJsonAnswer
): string[] {
  const what = `CDF (${cluster})`;
  if (status === 401) {
    throw new CdfAuthError(
      'cdf_unauthorized',
      `${what} doesn't accept the account's token (HTTP 401).`,
      'Check "cluster" and "scopes" of the connection, or type the name of the project.'
    );
  }
  if (status === 403) {
    throw new CdfAuthError(
      'cdf_forbidden',
      `${what} doesn't let this account list its projects (HTTP 403).`,
      'Type the name of the project.'
    );
  }
  if (status >= 500) {
    throw serverFault(what, status);
  }
  const projects = (body as { projects?: unknown } | null)?.projects;
  if (status !== 200 || !Array.isArray(projects)) {
    throw new CdfAuthError(
      'cdf_bad_answer',
      `${what} gave an answer that can't be used (HTTP ${status}).`,
      'Check "baseUrl" of the connection, try again later, or type the name of the project.'
    );
  }
  const names = projects
    .map(
      entry => (entry as { projectUrlName?: unknown } | null)?.projectUrlName
    )
    .filter((name): name is string => typeof name === 'string' && name !== '');
  return [...new Set(names)].sort((a, b) => a.localeCompare(b));
}
