/** The claims in the payload of a JWT (RFC 7519), unverified; `null` if it isn't a JSON object. */
export function readClaims(base64url: string): Record<string, unknown> | null {
  try {
    const json = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'));
    const claims: unknown = JSON.parse(json);
    return isObject(claims) ? claims : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
