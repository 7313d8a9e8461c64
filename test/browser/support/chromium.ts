import { existsSync } from 'node:fs';

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome'
];

/** The system's Chromium; `CDF_AUTH_CHROMIUM` overrides the search. */
export function findChromium(): string {
  const wanted = process.env['CDF_AUTH_CHROMIUM'];
  const found = wanted ?? CANDIDATES.find(existsSync);
  if (!found) {
    throw new Error(
      `No Chromium found (looked for ${CANDIDATES.join(', ')}). Install it, or set CDF_AUTH_CHROMIUM to its path.`
    );
  }
  return found;
}
