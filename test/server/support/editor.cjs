/**
 * Stands in for an editor such as VS Code or PyCharm: a client of the Jupyter server with JupyterLab's own
 * library and no page. `node editor.cjs NOTEBOOK`, with URL and TOKEN in the environment. Each line of its
 * input is `{"id", "code"}`; it prints `{"id", "event": "running"}` and `{"id", "event": "done", "output"}`.
 */
const process = require('node:process');
const { createInterface } = require('node:readline');
const {
  KernelManager,
  ServerConnection,
  SessionManager
} = require('@jupyterlab/services');

// The library says on the console what it connects to.
for (const level of ['log', 'info', 'debug', 'warn']) {
  console[level] = console.error;
}

const tell = value => process.stdout.write(`${JSON.stringify(value)}\n`);

function run(kernel, { id, code }) {
  const output = [];
  const future = kernel.requestExecute({ code });
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === 'execute_input') {
      tell({ id, event: 'running' });
    } else if (header.msg_type === 'stream') {
      output.push(content.text);
    } else if (header.msg_type === 'error') {
      output.push(content.ename);
    }
  };
  void future.done.then(() =>
    tell({ id, event: 'done', output: output.join('') })
  );
}

async function main() {
  const { URL: baseUrl, TOKEN: token } = process.env;
  const serverSettings = ServerConnection.makeSettings({
    baseUrl,
    wsUrl: baseUrl.replace(/^http/, 'ws'),
    token,
    appendToken: true
  });
  const kernelManager = new KernelManager({ serverSettings });
  const sessions = new SessionManager({ kernelManager, serverSettings });
  const path = process.argv[2];
  const session = await sessions.startNew({
    path,
    name: path,
    type: 'notebook',
    kernel: { name: 'python3' }
  });
  tell({ event: 'ready', kernel: session.kernel.id });
  for await (const line of createInterface({ input: process.stdin })) {
    run(session.kernel, JSON.parse(line));
  }
  process.exit(0);
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
