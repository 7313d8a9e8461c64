import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { Assign } from './assignment';

/** Name kernels to a session by the server's REST API. Throws when that didn't work. */
export function assignViaServer(settings: ServerConnection.ISettings): Assign {
  return async (session, kernels, context) => {
    const { connection, cluster, project, baseUrl, scopes, since } = context;
    const response = await ServerConnection.makeRequest(
      URLExt.join(settings.baseUrl, 'cdf-auth', 'sessions', session, 'kernels'),
      {
        method: 'PUT',
        body: JSON.stringify({
          kernels,
          context: { connection, cluster, project, baseUrl, scopes, since }
        })
      },
      settings
    );
    if (!response.ok) {
      throw new ServerConnection.ResponseError(response);
    }
  };
}
