/**
 * The walls between the rooms of `src/`:
 *
 *   shared ← credentials ← {identity, kernels, cdf, outputs} ← panel ← plugins ← index.ts
 *
 * An arrow points at what is imported. Imports of types count too: a room that
 * needs a type from above has its interface in the wrong place.
 */

/** Every room, lowest floor first; rooms on one floor are siblings. */
const floors = [
  ['shared'],
  ['credentials'],
  ['identity', 'kernels', 'cdf', 'outputs'],
  ['panel'],
  ['plugins']
];

const room = names => `^src/(${names.join('|')})/`;
const npm = names => `(^|/)node_modules/(@types/)?(${names.join('|')})(/|$)`;

/** One rule a floor: what lies above it must not be imported from it. */
const upwards = floors.slice(0, -1).map((names, floor) => ({
  name: `${names.join('-')}-imports-nothing-above`,
  severity: 'error',
  from: { path: room(names) },
  to: {
    path: `${room(floors.slice(floor + 1).flat())}|^src/(index|redirect/.*)\\.tsx?$`
  }
}));

/** One rule a sibling: it knows nothing of those beside it. */
const siblings = floors
  .filter(names => names.length > 1)
  .flatMap(names =>
    names.map(name => ({
      name: `${name}-imports-no-sibling`,
      severity: 'error',
      from: { path: room([name]) },
      to: { path: room(names.filter(other => other !== name)) }
    }))
  );

module.exports = {
  forbidden: [
    ...upwards,
    ...siblings,
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true }
    },
    {
      name: 'no-file-outside-the-rooms',
      comment: 'src/ holds rooms, tokens.ts, index.ts and the redirect page',
      severity: 'error',
      from: {},
      to: {
        path: '^src/',
        pathNot: `${room(floors.flat())}|^src/(tokens|index|redirect/index)\\.ts$`
      }
    },
    {
      name: 'tokens-import-none-of-ours',
      severity: 'error',
      from: { path: '^src/tokens\\.ts$' },
      to: { path: '^src/' }
    },
    {
      name: 'widgets-only-in-panel-and-plugins',
      severity: 'error',
      from: { path: '^src/', pathNot: room(['panel', 'plugins']) },
      to: {
        path: npm([
          '@lumino/widgets',
          '@jupyterlab/apputils',
          'react',
          'react-dom'
        ])
      }
    },
    {
      name: 'msal-in-one-file-only',
      comment: 'besides the redirect page, which is a bundle of its own',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(identity/msal|redirect/index)\\.ts$'
      },
      to: { path: npm(['@azure/msal-browser']) }
    },
    {
      name: 'redirect-page-imports-msal-only',
      severity: 'error',
      from: { path: '^src/redirect/' },
      to: { pathNot: npm(['@azure/msal-browser']) }
    },
    {
      name: 'nothing-imports-the-redirect-page',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/redirect/' },
      to: { path: '^src/redirect/' }
    },
    {
      name: 'plugins-only-from-index',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(index\\.ts$|plugins/)' },
      to: { path: room(['plugins']) }
    },
    {
      name: 'index-imports-plugins-only',
      comment: 'index.ts is a list; tokens.ts is what it hands to others',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { path: '^src/', pathNot: `${room(['plugins'])}|^src/tokens\\.ts$` }
    },
    {
      name: 'nothing-imports-index',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/index\\.ts$' }
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^src/kernels/agent\\.json$' }
    }
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      conditionNames: ['types', 'import', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.d.ts', '.js', '.json']
    },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true
  }
};
