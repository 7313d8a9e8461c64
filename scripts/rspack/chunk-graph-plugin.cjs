const { mkdirSync, writeFileSync } = require('node:fs');
const path = require('node:path');

/**
 * Writes which chunks there are, what is in them and what asks for them, so
 * that `npm run size` can tell what JupyterLab loads at start-up.
 *
 * The file is written outside the build's output: it is no part of the wheel.
 */
class ChunkGraphPlugin {
  /** @param {string} file where the graph goes */
  constructor(file) {
    this._file = file;
  }

  apply(compiler) {
    compiler.hooks.done.tap('ChunkGraph', stats => {
      const { chunks } = stats.toJson({
        all: false,
        chunks: true,
        chunkModules: true,
        chunkOrigins: true,
        chunkRelations: true,
        dependentModules: true,
        ids: true,
        nestedModules: true,
        // The parts of a module that was joined from several are "orphans".
        orphanModules: true,
        nestedModulesSpace: Infinity
      });
      const graph = {
        output: compiler.outputPath,
        chunks: chunks.map(summary)
      };
      mkdirSync(path.dirname(this._file), { recursive: true });
      writeFileSync(this._file, JSON.stringify(graph, null, 1));
    });
  }
}

function summary(chunk) {
  return {
    id: chunk.id,
    initial: chunk.initial,
    // A production build puts `?v=<hash>` behind its file names.
    files: chunk.files.map(file => file.split('?')[0]),
    parents: chunk.parents,
    children: chunk.children,
    origins: (chunk.origins ?? []).map(({ moduleIdentifier, request }) => ({
      module: moduleIdentifier,
      request
    })),
    modules: (chunk.modules ?? []).flatMap(names)
  };
}

/** A joined module counts as itself and as each of its parts. */
function names(module) {
  return [module.identifier, ...(module.modules ?? []).flatMap(names)];
}

module.exports = { ChunkGraphPlugin };
