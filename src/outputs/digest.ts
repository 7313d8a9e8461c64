/**
 * 53 bits of `text`, by which it is recognised again.
 *
 * They are far fewer than a token has to be guessed by, so nothing can be made from them. A cryptographic
 * digest would need `crypto.subtle`, which a page on plain http doesn't have, and a promise for each text.
 * Source: cyrb53, by bryc, in the public domain.
 */
export function digest(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507);
  high ^= Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507);
  low ^= Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
