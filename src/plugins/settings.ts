import { PageConfig } from '@jupyterlab/coreutils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/**
 * Call `use` with the connections of the server's configuration and the user's own settings, now and
 * whenever the settings change.
 */
export async function followSettings(
  registry: ISettingRegistry | null,
  id: string,
  use: (fromServer: unknown, own: Readonly<Record<string, unknown>>) => void
): Promise<void> {
  const fromServer = serverConnections();
  if (!registry) {
    use(fromServer, {});
    return;
  }
  try {
    const settings = await registry.load(id);
    const update = (): void => use(fromServer, settings.user);
    settings.changed.connect(update);
    update();
  } catch (error) {
    // eslint-disable-next-line no-console -- for whoever writes the settings' schema, not for the user
    console.error(
      'The settings of jupyterlab-cdf-auth could not be read.',
      error
    );
    use(fromServer, {});
  }
}

/** The host of the gateway that keeps the server's kernels, where it is reached over plain http. */
export function unencryptedGateway(): string | null {
  const host = serverConfig()['unencryptedGateway'];
  return typeof host === 'string' ? host : null;
}

function serverConnections(): unknown[] {
  const connections = serverConfig()['connections'];
  return Array.isArray(connections) ? (connections as unknown[]) : [];
}

function serverConfig(): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(PageConfig.getOption('cdfAuth') || '{}') as Record<
      string,
      unknown
    >;
  } catch {
    return {};
  }
}
