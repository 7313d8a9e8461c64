import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-config-prettier';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const typedTests = ['test/{fakes,unit}/**/*.{ts,tsx}'];
const typed = ['src/**/*.{ts,tsx}', ...typedTests];
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
      '@typescript-eslint/consistent-type-imports': [
        'error',
        // The type of a module that is loaded lazily is `typeof import(…)`.
        { disallowTypeAnnotations: false }
      ],
      // A key that came from outside is read as one: content['token'].
      '@typescript-eslint/dot-notation': [
        'error',
        { allowIndexSignaturePropertyAccess: true }
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true }
      ],
      '@typescript-eslint/no-invalid-void-type': [
        'error',
        // ISignal<this, void> and `this: void` are how lumino is written.
        { allowAsThisParameter: true, allowInGenericTypeArguments: true }
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true }
      ],
      // signal.connect(this._onChanged, this) is how lumino is written; a
      // jupyter rule sees to the second argument.
      '@typescript-eslint/unbound-method': 'off'
    }
  },
  {
    files: typedTests,
    rules: {
      // A fake stands in for more types than it spells out.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // TypeScript can't infer a signal that names the class which it is in.
      '@typescript-eslint/consistent-generic-constructors': 'off',
      // A test that meets null fails, which is what it should do.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A fake of something asynchronous may have nothing to wait for.
      '@typescript-eslint/require-await': 'off'
    }
  },
  {
    files: ['src/**/*.{ts,tsx}', 'schema/*.json'],
    plugins: { jupyter },
    extends: [jupyter.configs.recommended],
    rules: {
      // The panel speaks English only so far.
      'jupyter/no-untranslated-string': 'off',
      // What is loaded at start-up is measured, by `npm run size`.
      'jupyter/prefer-lazy-imports': 'off'
    }
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
