/** Which chunks of a federated extension JupyterLab loads at start-up. */

const isContainer = module => module.startsWith('container entry');
const isConsumed = module => module.startsWith('consume shared module');

/**
 * Loaded at start-up are
 * - the remote entry;
 * - the modules it exposes: JupyterLab asks for the extension and its style;
 * - a bundled fallback for a shared package that one of these modules uses:
 *   it is needed where JupyterLab itself doesn't have that package.
 *
 * Everything else hangs on an `import()` in our own code or on another
 * extension that asks for ours.
 *
 * @param {object[]} chunks as `ChunkGraphPlugin` writes them
 * @returns {Set<string | number>} the ids of the eager chunks
 */
export function eagerChunks(chunks) {
  const eager = new Set(
    chunks.filter(({ initial }) => initial).map(({ id }) => id)
  );
  if (!eager.size) {
    throw new Error('The build has no remote entry.');
  }
  for (let size = 0; size !== eager.size;) {
    size = eager.size;
    const present = new Set(
      chunks.filter(({ id }) => eager.has(id)).flatMap(({ modules }) => modules)
    );
    const asked = ({ module }) =>
      isContainer(module) || (isConsumed(module) && present.has(module));
    for (const { id, origins } of chunks) {
      if (origins.some(asked)) {
        eager.add(id);
      }
    }
  }
  return eager;
}
