// The redirect bridge is a bundle of its own: as a second entry of the
// federated build it would be six times as large and live at a URL that is
// cached for a year.
import { fileURLToPath } from 'node:url';

const here = path => fileURLToPath(new URL(path, import.meta.url));

export default {
  mode: 'production',
  target: ['web', 'es2020'],
  devtool: false,
  entry: here('./src/redirect/index.ts'),
  output: {
    path: here('./jupyterlab_cdf_auth/static'),
    filename: 'redirect.js'
  },
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: 'builtin:swc-loader',
        options: {
          jsc: { parser: { syntax: 'typescript' }, target: 'es2020' }
        },
        type: 'javascript/auto'
      }
    ]
  },
  resolve: { extensions: ['.ts', '.mjs', '.js'] }
};
