import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-config-prettier';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const typed = ['src/**/*.{ts,tsx}', 'test/unit/**/*.{ts,tsx}'];
const browserTests = ['test/browser/**/*.ts'];

/** What Node gives to a module without an import. */
const nodeGlobals = Object.fromEntries(
  [
    'AbortController',
    'AbortSignal',
    'Buffer',
    'Headers',
    'Request',
    'Response',
    'TextDecoder',
    'TextEncoder',
    'URL',
    'URLSearchParams',
    'WebSocket',
    'clearInterval',
    'clearTimeout',
    'console',
    'crypto',
    'fetch',
    'performance',
    'process',
    'queueMicrotask',
    'setImmediate',
    'setInterval',
    'setTimeout',
    'structuredClone'
  ].map(name => [name, 'readonly'])
);

const commonJsGlobals = {
  __dirname: 'readonly',
  module: 'writable',
  require: 'readonly'
};

const style = {
  curly: ['error', 'all'],
  eqeqeq: 'error',
  'no-console': 'error',
  'prefer-arrow-callback': 'error'
};

const interfacesStartWithI = {
  '@typescript-eslint/naming-convention': [
    'error',
    {
      selector: 'interface',
      format: ['PascalCase'],
      custom: { regex: '^I[A-Z]', match: true }
    }
  ]
};

export default defineConfig(
  {
    ignores: [
      '.cache/',
      '.venv*/',
      'coverage/',
      'jupyterlab_cdf_auth/',
      'lib/',
      'node_modules/',
      'test-results/'
    ]
  },
  {
    files: typed,
    extends: [
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked
    ],
    languageOptions: {
      parserOptions: {
        project: './tsconfig.test.json',
        tsconfigRootDir: import.meta.dirname
      }
    },
    rules: {
      ...style,
      ...interfacesStartWithI,
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-invalid-void-type': [
        'error',
        // ISignal<this, void> and `this: void` are how lumino is written.
        { allowAsThisParameter: true, allowInGenericTypeArguments: true }
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true }
      ]
    }
  },
  {
    files: ['src/**/*.{ts,tsx}', 'schema/*.json'],
    plugins: { jupyter },
    extends: [jupyter.configs.recommended]
  },
  {
    files: browserTests,
    extends: [tseslint.configs.strict],
    rules: { ...style, ...interfacesStartWithI }
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    extends: [tseslint.configs.recommended],
    languageOptions: { globals: nodeGlobals },
    rules: { ...style, 'no-console': 'off', 'no-undef': 'error' }
  },
  {
    files: ['**/*.{js,cjs}'],
    languageOptions: { globals: commonJsGlobals, sourceType: 'commonjs' },
    rules: { '@typescript-eslint/no-require-imports': 'off' }
  },
  prettier,
  // eslint-config-prettier switches `curly` off; "all" does not clash with it.
  { rules: { curly: ['error', 'all'] } }
);
