/** Stamps in `.cache/stamps/`: what a step was made from, as a hash. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cache, root } from './paths.mjs';

/** Made by running or building, so never a source. */
const GENERATED =
  /(^|\/)(__pycache__|node_modules|labextension|static|agent\.json|_agent\.json|_version\.py)(\/|$)/;

/** All files below the given files and folders of the clone, sorted; missing ones are left out. */
async function filesOf(entries) {
  const found = [];
  for (const entry of entries) {
    const full = path.join(root, entry);
    if (!existsSync(full)) {
      continue;
    }
    const children = await readdir(full, {
      recursive: true,
      withFileTypes: true
    })
      // A file rather than a folder: it stands for itself.
      .catch(() => null);
    const inside = children
      ?.filter(child => child.isFile())
      .map(child => path.join(child.parentPath ?? child.path, child.name));
    found.push(...(inside ?? [full]));
  }
  return found
    .map(file => path.relative(root, file).split(path.sep).join('/'))
    .filter(file => !GENERATED.test(file))
    .sort();
}

/** The hash of the contents of files and folders, and of any further texts. */
export async function hashOf(entries, ...texts) {
  const hash = createHash('sha256');
  for (const text of texts) {
    hash.update(`${text}\0`);
  }
  for (const file of await filesOf(entries)) {
    hash.update(`${file}\0`);
    hash.update(await readFile(path.join(root, file)));
  }
  return hash.digest('hex');
}

const stampFile = name => cache('stamps', name);

/** Whether a step was last made from this hash and all its products are still there. */
export async function isCurrent(name, hash, products) {
  const last = await readFile(stampFile(name), 'utf8').catch(() => '');
  return last === hash && products.every(product => existsSync(product));
}

export async function writeStamp(name, hash) {
  await mkdir(cache('stamps'), { recursive: true });
  await writeFile(stampFile(name), hash);
}

export const removeStamp = name => rm(stampFile(name), { force: true });
