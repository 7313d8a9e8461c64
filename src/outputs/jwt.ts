import { readClaims } from '../shared/jwt';
import { digest } from './digest';
import type { IFinding } from './finding';

/**
 * A signed JWT (RFC 7519): a header that begins with `{"`, a payload, and at least the beginning of a
 * signature. Line ends may stand in it, as some libraries wrap what they print. The limits keep a long
 * base64 text, such as an image, from being looked at over and over.
 */
const JWT = /(eyJ[\w\r\n-]{1,1000})\.([\w\r\n-]{2,20000})\.[\w\r\n-]/g;

/** JWTs in `text` that are for one of `audiences` and haven't expired at `now` (ms since the epoch). */
export function findJwts(
  text: string,
  audiences: ReadonlySet<string>,
  now: number
): IFinding[] {
  const found: IFinding[] = [];
  const pattern = new RegExp(JWT);
  for (
    let match = pattern.exec(text);
    match !== null;
    match = pattern.exec(text)
  ) {
    const [, header = '', payload = ''] = match;
    // Throwing and catching takes far longer than a look.
    const claims = payload.startsWith('eyJ')
      ? readClaims(payload.replace(/\s/g, ''))
      : null;
    if (claims === null) {
      // The beginning of a token may stand before a whole one.
      pattern.lastIndex = match.index + 1;
      continue;
    }
    const until = readExpiry(claims['exp']);
    if (until > now && isFor(claims['aud'], audiences)) {
      const signed = `${header}.${payload}`.replace(/\s/g, '');
      found.push({ digest: digest(signed), until });
    }
  }
  return found;
}

/** How audiences are compared: Entra ID may leave out the scheme `api:`, and some have a slash at the end. */
export function normalAudience(audience: string): string {
  return audience.toLowerCase().replace(/^api:\/\/|\/+$/g, '');
}

function isFor(aud: unknown, audiences: ReadonlySet<string>): boolean {
  return [aud]
    .flat()
    .some(one => typeof one === 'string' && audiences.has(normalAudience(one)));
}

/** Milliseconds since the epoch; what never expires is no access token of ours. */
function readExpiry(exp: unknown): number {
  return typeof exp === 'number' ? exp * 1000 : -Infinity;
}
