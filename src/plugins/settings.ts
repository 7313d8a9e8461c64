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

function serverConnections(): unknown[] {
  try {
    const config = JSON.parse(PageConfig.getOption('cdfAuth') || '{}') as {
      connections?: unknown;
    };
    return Array.isArray(config.connections)
      ? (config.connections as unknown[])
      : [];
  } catch {
    return [];
  }
}
