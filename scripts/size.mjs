/**
 * `npm run size [-- --json]`: the gzipped size of the JavaScript that JupyterLab
 * loads at start-up because of us, and of what is loaded later.
 *
 * Fails above the limit, or when there is any MSAL in the eager part.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { parseOptions } from './common/options.mjs';
import { cache, isMain } from './common/paths.mjs';
import { StepError } from './common/process.mjs';
import { orExplain } from './setup.mjs';
import { eagerChunks } from './size/eager-chunks.mjs';

/** Bytes. */
export const LIMIT = 30 * 1024;

const MSAL = /node_modules[\\/]@azure[\\/]msal-/;

/**
 * Measures the last build of the labextension.
 *
 * @returns {Promise<{limit: number, eagerBytes: number, isSmall: boolean,
 *   isFreeOfMsal: boolean, chunks: object[]}>} sizes in gzipped bytes
 * @throws {StepError} when there is no build
 */
export async function measureSize() {
  const graph = await readGraph();
  const eager = eagerChunks(graph.chunks);
  const chunks = [];
  for (const chunk of graph.chunks) {
    for (const file of chunk.files.filter(name => name.endsWith('.js'))) {
      const content = await readFile(path.join(graph.output, file));
      chunks.push({
        file,
        eager: eager.has(chunk.id),
        gzipBytes: gzipSync(content, { level: 9 }).length,
        hasMsal: chunk.modules.some(name => MSAL.test(name)),
        holds: chunk.modules.map(label).find(Boolean) ?? ''
      });
    }
  }
  chunks.sort((a, b) => b.eager - a.eager || b.gzipBytes - a.gzipBytes);
  const eagerBytes = chunks
    .filter(chunk => chunk.eager)
    .reduce((total, { gzipBytes }) => total + gzipBytes, 0);
  return {
    limit: LIMIT,
    eagerBytes,
    isSmall: eagerBytes <= LIMIT,
    isFreeOfMsal: !chunks.some(chunk => chunk.eager && chunk.hasMsal),
    chunks
  };
}

async function readGraph() {
  const file = cache('chunk-graph.json');
  const graph = existsSync(file) && JSON.parse(await readFile(file, 'utf8'));
  if (!graph || !existsSync(graph.output)) {
    throw new StepError(
      'There is no build to measure. Make one with: node scripts/setup.mjs'
    );
  }
  return graph;
}

/** A short name for people: our file, or the package that a module is from. */
function label(module) {
  if (module.startsWith('container entry')) {
    return 'entry';
  }
  const [, file] =
    module.match(/([^|!]+\.(?:m?js|json))(?:\|[0-9a-f]+)?$/) ?? [];
  const [, name] =
    file?.match(/.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/) ?? [];
  return name ?? (file && path.relative(process.cwd(), file));
}

export function printSize({
  chunks,
  eagerBytes,
  limit,
  isSmall,
  isFreeOfMsal
}) {
  const kB = bytes => `${(bytes / 1024).toFixed(1)} kB`.padStart(9);
  for (const { file, eager, gzipBytes, holds } of chunks) {
    console.log(
      `${eager ? 'eager' : 'lazy '} ${kB(gzipBytes)}  ${file}  ${holds}`
    );
  }
  console.log(
    `eager ${kB(eagerBytes)}  in all; the limit is ${kB(limit).trim()}`
  );
  if (!isSmall) {
    console.log('Too much JavaScript is loaded at start-up.');
  }
  if (!isFreeOfMsal) {
    console.log('MSAL is loaded at start-up; it belongs behind an import().');
  }
}

if (isMain(import.meta.url)) {
  const { json } = parseOptions('npm run size --', {
    json: { type: 'boolean', help: 'as JSON' }
  });
  await orExplain(async () => {
    const size = await measureSize();
    if (json) {
      console.log(JSON.stringify(size, null, 2));
    } else {
      printSize(size);
    }
    process.exitCode = size.isSmall && size.isFreeOfMsal ? 0 : 1;
  });
}
