import { readClaims } from '../../src/shared/jwt';

const encoded = (text: string): string =>
  Buffer.from(text).toString('base64url');

describe('the claims of a JWT', () => {
  it('are those of its payload', () => {
    expect(readClaims(encoded('{"tid":"??>"}'))).toEqual({ tid: '??>' });
  });

  it.each(['null', '7', '"tid"', '["tid"]', '{"tid"', ''])(
    'are none in %j',
    text => {
      expect(readClaims(encoded(text))).toBeNull();
    }
  );

  it('are none in what is not base64url', () => {
    expect(readClaims('a.b')).toBeNull();
  });
});
