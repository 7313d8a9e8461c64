const encode = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT of the size that Entra ID's have, with a signature that means nothing. */
export function jwt(claims: object): string {
  const header = encode({ typ: 'JWT', alg: 'RS256', kid: 'k'.repeat(43) });
  const filler = { uti: 'u'.repeat(22), name: 'Ålice', groups: [1, 2, 3] };
  return `${header}.${encode({ ...filler, ...claims })}.${'S'.repeat(342)}`;
}
