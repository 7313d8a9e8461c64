import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { Assign } from './assignment';
import type { IContext } from './protocol';

/** Name kernels to a session by the server's REST API. Throws when that didn't work. */
export function assignViaServer(settings: ServerConnection.ISettings): Assign {
  return async (session, kernels, context) => {
    const response = await ServerConnection.makeRequest(
      URLExt.join(settings.baseUrl, 'cdf-auth', 'sessions', session, 'kernels'),
      {
        method: 'PUT',
        body: JSON.stringify({
          kernels,
          context: context && forServer(context)
        })
      },
      settings
    );
    if (!response.ok) {
      throw new ServerConnection.ResponseError(response);
    }
    const { unheard } = (await response.json()) as { unheard?: string[] };
    return unheard ?? [];
  };
}

/** The context as the endpoint takes it: the session and its account are the server's to know. */
function forServer(context: IContext): Omit<IContext, 'session' | 'account'> {
  const { connection, cluster, project, baseUrl, scopes, since } = context;
  return { connection, cluster, project, baseUrl, scopes, since };
}
