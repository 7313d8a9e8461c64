/** The claims that the payload of a JWT holds (RFC 7519), unverified; `null` for what isn't one. */
export function readClaims(payload: string): Record<string, unknown> | null {
  try {
    const json = atob(payload.replace(/-/g, '+').replace(/_/g, '/'));
    const claims: unknown = JSON.parse(json);
    return claims as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
