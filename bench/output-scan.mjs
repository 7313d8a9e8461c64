/**
 * A notebook of 10 MB is looked through for tokens when it is saved, and beside it
 * what JupyterLab does at each save anyway: turn it into JSON.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { cache, nodeModule } from '../scripts/common/paths.mjs';
import { run } from '../scripts/common/process.mjs';
import { median } from './lab/pairs.mjs';

const MEGABYTE = 1_000_000;
const AUDIENCE = 'https://westeurope-1.cognitedata.com';

export default async function outputScan({ short }) {
  const { KnownTokens, audiencesOf, scan } = await compile();
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const known = new KnownTokens(clock);
  const handedOut = Array.from({ length: 20 }, (_, number) =>
    jwt({ aud: AUDIENCE, number })
  );
  for (const token of handedOut) {
    known.remember({ secret: { reveal: () => token }, expiresIn: 3600 });
  }
  const wanted = {
    findKnown: known.search(),
    audiences: audiencesOf([{ baseUrl: AUDIENCE, scopes: [] }]),
    now: Date.now()
  };
  const others = jwt({ aud: AUDIENCE, exp: Date.now() / 1000 + 3600 });
  return Object.entries(notebooks([handedOut[0], others])).map(
    ([kind, { outputs, tokens }]) => {
      const [ours, reference] = alternately(
        short ? 1 : 15,
        () => {
          const found = outputs.flatMap(output => scan(output, wanted)).length;
          assert.ok(
            found === tokens.length,
            `${found} of ${tokens.length} tokens were found in "${kind}".`
          );
        },
        () => {
          const { length } = JSON.stringify(outputs);
          assert.ok(length > 8 * MEGABYTE, `"${kind}" has ${length} bytes.`);
        }
      );
      return {
        name: `output-scan/${kind}`,
        unit: 'ms',
        ours,
        reference,
        reference_name: 'JSON.stringify of the same notebook'
      };
    }
  );
}

/** About 10 MB each, in a thousand outputs; with tokens that work in two of the notebooks. */
function notebooks(tokens) {
  const thousand = make => Array.from({ length: 1000 }, (_, i) => make(i));
  const log = (i, length) =>
    `2026-01-01 12:00:${i % 60} INFO loaded ${i} rows of 21PT1017\n`
      .repeat(length / 50)
      .slice(0, length);
  const base64 = noise(MEGABYTE);
  const piece = (i, length) => base64.slice(i * 100, i * 100 + length);
  const kinds = {
    // Plots, pictures in HTML, tables and what was printed.
    mixed: thousand(i =>
      i % 2
        ? printed(log(i, 10_000))
        : shown({
            'text/plain': log(i, 1000),
            'text/html': `<img src="data:image/png;base64,${piece(i, 5000)}">`,
            'application/vnd.plotly.v1+json': {
              data: [{ x: Array.from({ length: 500 }, (_, n) => n / 7) }]
            }
          })
    ),
    text: thousand(i => printed(log(i, 10_000))),
    base64: thousand(i => shown({ 'text/html': piece(i, 10_000) })),
    // The worst case: tokens all over, each of which is to be read.
    'expired-tokens': thousand(i =>
      printed(
        Array.from({ length: 7 }, (_, n) =>
          jwt({ aud: AUDIENCE, exp: 1, i, n })
        ).join('\n')
      )
    )
  };
  const planted = printed(tokens.join('\n'));
  return {
    mixed: { outputs: kinds.mixed.with(500, planted), tokens },
    text: { outputs: kinds.text.with(500, planted), tokens },
    base64: { outputs: kinds.base64, tokens: [] },
    'expired-tokens': { outputs: kinds['expired-tokens'], tokens: [] }
  };
}

const printed = text => ({ output_type: 'stream', name: 'stdout', text });
const shown = data => ({ output_type: 'display_data', metadata: {}, data });

function jwt(claims) {
  const part = value =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  const filler = { name: 'Alice Example', groups: 'g'.repeat(600) };
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ ...claims, ...filler })}.${'S'.repeat(342)}`;
}

/** The same characters in each run. */
function noise(length) {
  const bytes = Buffer.alloc((length / 4) * 3);
  let state = 1;
  for (let index = 0; index < bytes.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes.toString('base64');
}

/** Medians in milliseconds. */
function alternately(rounds, ...works) {
  const times = works.map(() => []);
  for (let round = 0; round < rounds; round++) {
    works.forEach((work, index) => {
      const start = performance.now();
      work();
      times[index].push(performance.now() - start);
    });
  }
  return times.map(median);
}

/** The page's own code, as modules that Node can load. */
async function compile() {
  const folder = cache('bench', 'outputs');
  await run('bench-outputs', process.execPath, [
    nodeModule('typescript', 'bin', 'tsc'),
    ...['--module', 'commonjs', '--target', 'es2022', '--noCheck'],
    ...['--outDir', folder, '--rootDir', 'src', '--lib', 'es2022,dom'],
    'src/outputs/known-tokens.ts',
    'src/outputs/scanner.ts'
  ]);
  await writeFile(`${folder}/package.json`, '{"type":"commonjs"}');
  const load = createRequire(import.meta.url);
  return {
    ...load(`${folder}/outputs/scanner.js`),
    ...load(`${folder}/outputs/known-tokens.js`)
  };
}
