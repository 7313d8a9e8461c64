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

The holder of a session renews its tokens: the browser tab, the Jupyter server (for a person or [a profile](unattended.md)), or the kernel itself in a run without JupyterLab. The table shows what a cell does if it needs a new token during a fault. If the answer isn't the sign-in service's own (a guest network's page, a proxy's error, garbage, nothing), the fault counts as temporary and the cell waits. If it is, the answer decides who has to act.

The page is made from [\`test/vectors/faults.json\`](../test/vectors/faults.json) by \`npm run faults\`. The tests give each fault in that file to each holder.

| in the table | what it means |
| --- | --- |
| waits | the cell waits, the panel says why, and it goes on by itself. A token that is still good is used meanwhile. Without JupyterLab the call asks again for 60 seconds, then fails |
| waits for you | the cell waits until you have signed in again in the panel |
| waits for the administrator | the cell waits until the application has been put right; the panel has the text |
| fails | the call raises \`TokenRefused\` with the reason, in the sign-in service's own text if there is one |
| – | it can't happen there, or does no harm |

`;

const TAIL = `
At the sign-in itself the same faults end the attempt with an error that says what happened. Only while a device code is out does the server go on asking until the code has expired.

The kernel gets the reason as a code (see [protocol.md](protocol.md)). It waits by itself with \`provider_unreachable\`, \`provider_bad_answer\`, \`provider_busy\` and \`provider_slow\`. It waits for you with \`sign_in_required\`, \`blocked_by_policy\` and \`wrong_account\`. A browser can't tell a guest network's page from no network, so the tab usually says \`provider_unreachable\`.
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
