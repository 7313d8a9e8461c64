import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { CdfAuthError } from '../shared/errors';
import type { IJsonAnswer } from '../shared/http';
import type { Secret } from '../shared/secret';

/**
 * Put `token/inspect` to CDF by way of the Jupyter server, for clusters that don't let a page ask.
 *
 * @throws `CdfAuthError` with the server's own code and words, or `server_missing` where our server part
 * isn't installed.
 */
export function inspectViaServer(
  settings: ServerConnection.ISettings,
  baseUrl: string,
  token: Secret,
  signal: AbortSignal
): Promise<IJsonAnswer> {
  const headers = { 'X-Cdf-Auth-Token': token.reveal() };
  return ask(settings, 'inspect', baseUrl, headers, signal);
}

/** The same with the token of a session that the server holds; the page never sees it. */
export function inspectSession(
  settings: ServerConnection.ISettings,
  session: string,
  baseUrl: string,
  signal: AbortSignal
): Promise<IJsonAnswer> {
  const path = `sessions/${encodeURIComponent(session)}/inspect`;
  return ask(settings, path, baseUrl, {}, signal);
}

async function ask(
  settings: ServerConnection.ISettings,
  path: string,
  baseUrl: string,
  headers: Record<string, string>,
  signal: AbortSignal
): Promise<IJsonAnswer> {
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(
      URLExt.join(settings.baseUrl, 'cdf-auth', path),
      { method: 'POST', body: JSON.stringify({ baseUrl }), headers, signal },
      settings
    );
  } catch (error) {
    throw new CdfAuthError(
      'server_unreachable',
      "The Jupyter server can't be reached.",
      'Check that it is running, then reload the list.',
      { cause: error, transient: true }
    );
  }
  const body = (await response.json().catch(() => null)) as {
    status?: number;
    answer?: unknown;
    code?: string;
    message?: string;
    action?: string;
  } | null;
  if (response.ok && typeof body?.status === 'number') {
    return { status: body.status, body: body.answer };
  }
  if (body?.code && body.message) {
    throw new CdfAuthError(body.code, body.message, body.action ?? '');
  }
  throw new CdfAuthError(
    'server_missing',
    `The Jupyter server can't ask CDF for the projects (HTTP ${response.status}).`,
    'Check that the server extension jupyterlab_cdf_auth is enabled, or type the name of the project.'
  );
}
