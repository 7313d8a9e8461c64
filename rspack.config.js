const path = require('node:path');
const { ChunkGraphPlugin } = require('./scripts/rspack/chunk-graph-plugin.cjs');

/**
 * Merged by jupyter-builder into its own configuration; it has to be an object.
 *
 * A JSON file that is loaded with `import()` becomes a chunk of its own without
 * a rule here. The plugin keeps the graph of chunks for `npm run size`.
 */
module.exports = {
  plugins: [
    new ChunkGraphPlugin(path.join(__dirname, '.cache', 'chunk-graph.json'))
  ]
};
