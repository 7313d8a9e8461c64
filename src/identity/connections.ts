import { CdfAuthError } from '../shared/errors';
import type { IConnection, IProblem } from '../tokens';

/** Names that an entry of the `connections` setting may have. */
const KNOWN = [
  'label',
  'tenant',
  'clientId',
  'deviceClientId',
  'cluster',
  'baseUrl',
  'scopes',
  'authority',
  'metadata',
  'redirectUri',
  'project'
];

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** The usable entries, and one problem for each that isn't. */
export interface IConnectionsResult {
  connections: IConnection[];
  problems: IProblem[];
}

/**
 * Check and complete the settings.
 *
 * @param fromServer - the connections that the administrator has configured; they come first.
 * @param own - the user's settings.
 */
export function readSettings(
  fromServer: unknown,
  own: Readonly<Record<string, unknown>>
): IConnectionsResult {
  const { connections = [], ...unknown } = own;
  const problems = Object.keys(unknown).map(name =>
    invalid(
      `The settings have an unknown name "${name}".`,
      'Remove it or correct it. The only one is: connections.'
    )
  );
  // The user's mistake must not cost the administrator's connections.
  const shared = Array.isArray(fromServer) ? (fromServer as unknown[]) : [];
  const lists = Array.isArray(connections)
    ? [[...shared, ...(connections as unknown[])]]
    : [shared, connections];
  const results = lists.map(readConnections);
  return {
    connections: results.flatMap(result => result.connections),
    problems: [...problems, ...results.flatMap(result => result.problems)]
  };
}

/**
 * Check and complete a list of connections.
 *
 * A broken entry never hides a good one: it becomes a problem that names the entry and the field.
 */
function readConnections(raw: unknown): IConnectionsResult {
  const connections: IConnection[] = [];
  const problems: IProblem[] = [];
  if (!Array.isArray(raw)) {
    const problem = invalid(
      'The setting "connections" is not a list.',
      'Make it a list of connections.'
    );
    return { connections, problems: [problem] };
  }
  raw.forEach((entry: unknown, index) => {
    try {
      const connection = readConnection(entry, `Connection ${index + 1}`);
      if (connections.some(other => other.id === connection.id)) {
        throw invalid(
          `Two connections are named "${connection.label}".`,
          'Give each its own "label".'
        );
      }
      connections.push(connection);
    } catch (error) {
      if (!(error instanceof CdfAuthError)) {
        throw error;
      }
      problems.push(error);
    }
  });
  return { connections, problems };
}

function readConnection(entry: unknown, place: string): IConnection {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw invalid(
      `${place} is not an object.`,
      'Give it the fields label, tenant, clientId and cluster.'
    );
  }
  const fields = new Fields(entry as Record<string, unknown>, place);
  fields.refuseUnknown();
  const tenant = fields.required(
    'tenant',
    'the directory (tenant) id of your organisation in Entra ID'
  );
  fields.matches(
    'tenant',
    /^[\w.-]+$/,
    'the id or the domain of the directory, nothing else'
  );
  const clientId = fields.required(
    'clientId',
    'the application (client) id of the app registration'
  );
  const cluster = fields.required(
    'cluster',
    'the CDF cluster, for example westeurope-1'
  );
  fields.matches(
    'cluster',
    /^[a-z0-9][a-z0-9-]*$/i,
    'the name of the cluster alone, for example westeurope-1, not an address'
  );
  const label = fields.optional('label') ?? `${tenant} · ${cluster}`;
  const audience = `https://${cluster}.cognitedata.com`;
  const baseUrl = fields.url('baseUrl', { httpOnLoopback: true }) ?? audience;
  return {
    id: label,
    label,
    tenant,
    clientId,
    deviceClientId: fields.optional('deviceClientId') ?? clientId,
    cluster,
    baseUrl,
    // The audience is the cluster, also where a private link or another host serves its API.
    scopes: fields.strings('scopes') ?? [`${audience}/.default`],
    authority:
      fields.url('authority', { httpOnLoopback: false }) ??
      `https://login.microsoftonline.com/${tenant}`,
    metadata: fields.metadata(),
    redirectUri: fields.url('redirectUri', { httpOnLoopback: true }),
    project: fields.optional('project')
  };
}

/** One entry's fields, read with an error that names the field. */
class Fields {
  constructor(
    private readonly _entry: Record<string, unknown>,
    place: string
  ) {
    const label = _entry['label'];
    this._place =
      typeof label === 'string' && label !== ''
        ? `The connection "${label}"`
        : place;
  }

  refuseUnknown(): void {
    const unknown = Object.keys(this._entry).find(key => !KNOWN.includes(key));
    if (unknown !== undefined) {
      throw invalid(
        `${this._place} has an unknown setting "${unknown}".`,
        `Remove it or correct its name. Known are: ${KNOWN.join(', ')}.`
      );
    }
  }

  optional(name: string): string | undefined {
    const value = this._entry[name];
    if (value === undefined || value === null || value === '') {
      return undefined;
    }
    if (typeof value !== 'string') {
      throw invalid(
        `"${name}" of ${lower(this._place)} is not a text.`,
        'Put it in quotation marks.'
      );
    }
    return value.trim();
  }

  required(name: string, meaning: string): string {
    const value = this.optional(name);
    if (value === undefined || value === '') {
      throw invalid(
        `${this._place} has no "${name}".`,
        `Add "${name}" in the settings: ${meaning}.`
      );
    }
    return value;
  }

  matches(name: string, pattern: RegExp, meaning: string): void {
    const value = this.optional(name) ?? '';
    if (!pattern.test(value)) {
      throw invalid(
        `"${name}" of ${lower(this._place)} can't be "${value}".`,
        `It must be ${meaning}.`
      );
    }
  }

  strings(name: string): string[] | undefined {
    const value = this._entry[name];
    if (value === undefined) {
      return undefined;
    }
    const isList =
      Array.isArray(value) &&
      value.length > 0 &&
      value.every(item => typeof item === 'string' && item !== '');
    if (!isList) {
      throw invalid(
        `"${name}" of ${lower(this._place)} is not a list of texts.`,
        'For example ["https://westeurope-1.cognitedata.com/.default"].'
      );
    }
    return value as string[];
  }

  url(name: string, rule: { httpOnLoopback: boolean }): string | undefined {
    const value = this.optional(name);
    if (value === undefined) {
      return undefined;
    }
    return this._checkUrl(name, value, rule.httpOnLoopback);
  }

  metadata(): Record<string, unknown> | undefined {
    const value = this._entry['metadata'];
    if (value === undefined) {
      return undefined;
    }
    const metadata = value as Record<string, unknown>;
    for (const name of ['authorization_endpoint', 'token_endpoint']) {
      const endpoint =
        typeof value === 'object' && value !== null ? metadata[name] : value;
      if (typeof endpoint !== 'string') {
        throw invalid(
          `"metadata" of ${lower(this._place)} has no "${name}".`,
          "Copy the provider's OpenID configuration, or leave it out."
        );
      }
      this._checkUrl(`metadata.${name}`, endpoint, true);
    }
    return metadata;
  }

  private _checkUrl(
    name: string,
    value: string,
    httpOnLoopback: boolean
  ): string {
    let url: URL;
    try {
      url = new URL(value);
    } catch {
      throw invalid(
        `"${name}" of ${lower(this._place)} is not an address: "${value}".`,
        'Write the whole address, beginning with https://.'
      );
    }
    const allowed =
      url.protocol === 'https:' ||
      (httpOnLoopback &&
        url.protocol === 'http:' &&
        LOOPBACK.includes(url.hostname));
    if (!allowed || url.username !== '' || url.password !== '') {
      throw invalid(
        `"${name}" of ${lower(this._place)} must be an https address, not "${value}".`,
        'Tokens are only sent over https: write the address with https://.'
      );
    }
    return value.replace(/\/+$/, '');
  }

  private readonly _place: string;
}

function lower(place: string): string {
  return place.charAt(0).toLowerCase() + place.slice(1);
}

function invalid(message: string, action: string): CdfAuthError {
  return new CdfAuthError('settings_invalid', message, action);
}
