/** `npm run faults`: makes docs/faults.md from test/vectors/faults.json. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseOptions } from './common/options.mjs';
import { isMain, root } from './common/paths.mjs';

export const PAGE = path.join(root, 'docs', 'faults.md');

/** Who can hold a session, as the table's head names them. */
export const HOLDERS = {
  tab: 'Browser tab',
  server: 'Jupyter server',
  profile: 'Profile',
  headless: 'Without JupyterLab'
};

/** What can happen, as a person reads it; the first word of an outcome. */
export const OUTCOMES = {
  waits: 'waits',
  'sign-in': 'waits for you',
  administrator: 'waits for the administrator',
  fails: 'fails',
  '-': '–'
};

const HEAD = `# Faults of a renewal

Whoever holds the session renews its tokens: the browser tab, the Jupyter server (for a person, or for [a profile](unattended.md)), or without JupyterLab the kernel itself. This is what a cell does that needs a new token while something is wrong. The page is made from [\`test/vectors/faults.json\`](../test/vectors/faults.json) by \`npm run faults\`; the tests have each holder meet each fault in there.

The rule: what is no answer of the sign-in service (a guest network's page, a proxy's error, garbage, nothing) passes by itself, so the cell waits. What the sign-in service itself says decides who can help.

| in the table | what it means |
| --- | --- |
| waits | the cell waits, the panel says why, and it goes on by itself. A token that is still good is used meanwhile. Without JupyterLab the call asks again for 60 seconds, then fails |
| waits for you | the cell waits until you have signed in again in the panel |
| waits for the administrator | the cell waits until the application has been put right; the panel has the text |
| fails | the call raises \`TokenRefused\` with the sign-in service's own text |
| – | it can't happen there, or does no harm |

`;

const TAIL = `
At the sign-in itself the same faults end the attempt with an error that says what happened. Only while a device code is out does the server go on asking until the code has expired.

The kernel is told the reason as a code (see [protocol.md](protocol.md)): \`provider_unreachable\`, \`provider_bad_answer\` and \`provider_busy\` where it waits; \`sign_in_required\` and \`blocked_by_policy\` where it waits for you. A browser can't tell a page of a guest network from no network, so the tab says \`provider_unreachable\` of most of them.
`;

/** The page for these rows. */
export function page(rows) {
  const holders = Object.keys(HOLDERS);
  const lines = [
    ['What happens', ...Object.values(HOLDERS), 'What to do'],
    Array(holders.length + 2).fill('---'),
    ...rows.map(row => [
      row.what,
      ...holders.map(holder => OUTCOMES[row[holder].split(' ')[0]]),
      row.help
    ])
  ];
  return (
    HEAD + lines.map(cells => `| ${cells.join(' | ')} |\n`).join('') + TAIL
  );
}

/** The rows of the table. */
export async function readRows() {
  const file = path.join(root, 'test', 'vectors', 'faults.json');
  return JSON.parse(await readFile(file, 'utf8')).rows;
}

if (isMain(import.meta.url)) {
  parseOptions('npm run faults', {});
  await writeFile(PAGE, page(await readRows()));
  console.log(`Written: ${PAGE}`);
}
