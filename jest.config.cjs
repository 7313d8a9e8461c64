const jupyterlab = require('@jupyterlab/testing/lib/jest-config');

/** Packages that are published as ES modules only, which jest 29 cannot load as they are. */
const esModules = [
  '@azure/msal-browser',
  '@azure/msal-common',
  '@codemirror',
  '@jupyter',
  '@jupyterlab',
  '@lezer',
  '@lumino',
  '@marijn',
  '@microsoft',
  'exenv-es6',
  'lib0',
  'marked',
  'nanoid',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yjs'
];

const base = jupyterlab(__dirname);

module.exports = {
  ...base,
  coverageDirectory: '<rootDir>/.cache/coverage',
  // The counts come from jest's own JSON report (see scripts/test.mjs).
  reporters: ['default'],
  roots: ['<rootDir>/src', '<rootDir>/test/unit'],
  testRegex: '/test/unit/.*\\.test\\.tsx?$',
  testEnvironment: '<rootDir>/test/fakes/browser.cjs',
  testPathIgnorePatterns: ['/node_modules/'],
  transform: {
    '\\.svg$': '@jupyterlab/testing/lib/jest-raw-loader.js',
    // Types are checked once for the whole tree, by the "types" suite.
    '^.+\\.tsx?$': [
      'ts-jest',
      { tsconfig: '<rootDir>/tsconfig.test.json', transpilation: true }
    ],
    '^.+\\.m?jsx?$': [
      'babel-jest',
      {
        babelrc: false,
        configFile: false,
        presets: [['@babel/preset-env', { targets: { node: 'current' } }]]
      }
    ]
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules.join('|')})/)`]
};
