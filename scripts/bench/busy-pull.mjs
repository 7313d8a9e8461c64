/**
 * How long a busy cell waits for a token that its holder has at hand: JupyterLab in Chromium, a stock
 * Jupyter server, a real kernel. Beside it, between the pulls: a bare round trip on the control channel of
 * the same kernel, over the very websocket that JupyterLab uses.
 */
import { chromium } from '@playwright/test';
import { startDemoProcess } from '../common/demo-process.mjs';
import { chromium as findChromium } from '../test/chromium.mjs';

const PULLS = 100;

/** As in life, pulls lie apart: back to back they would measure TCP's delayed acknowledgements. */
const APART_MS = 200;

const NOTEBOOK = 'busy-pull.ipynb';

/** Longer than any token is good for, so that the kernel has to ask each time. */
const CELL = `
import json, time
get_token()
took = []
for _ in range(${PULLS}):
    time.sleep(${APART_MS / 1000})
    start = time.perf_counter()
    get_token(min_ttl=3600)
    took.append((time.perf_counter() - start) * 1000)
print("took", json.dumps(took))
`;

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
];

export default async function busyPull() {
  const { ready, stop } = await startDemoProcess();
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: ARGUMENTS
  });
  try {
    await writeNotebook(ready.url);
    const page = await openAndSignIn(browser, ready.url);
    await page.locator('.jp-Notebook .cm-content').first().click();
    await page.keyboard.press('Shift+Enter');
    const output = page.locator('.jp-Cell-outputArea').first();
    const trips = await page.evaluate(roundTrips, {
      count: PULLS,
      apart: APART_MS
    });
    await output.getByText('took').waitFor({ timeout: 120_000 });
    const pulls = JSON.parse((await output.innerText()).match(/\[.*\]/s)[0]);
    return rows(median(pulls), median(trips));
  } finally {
    await browser.close();
    await stop();
  }
}

function rows(pull, trip) {
  const row = { unit: 'ms at p50', ours: pull };
  return [
    {
      ...row,
      name: 'busy-pull/control-round-trip',
      reference: trip,
      reference_name: 'bare control round trip'
    },
    {
      ...row,
      name: 'busy-pull/milliseconds',
      reference: 10,
      reference_name: 'limit'
    }
  ];
}

async function openAndSignIn(browser, lab) {
  const page = await browser.newPage();
  await page.addInitScript(keepSockets);
  const url = new URL(lab);
  url.pathname += `/workspaces/bench/tree/${NOTEBOOK}`;
  url.searchParams.set('reset', '');
  await page.goto(url.href);
  await page.locator('.jp-Notebook .cm-content').first().waitFor();
  await page.getByRole('tab', { name: 'Cognite Data Fusion' }).click();
  const panel = page.locator('#cdf-auth-panel');
  const opened = page.waitForEvent('popup');
  await panel.getByRole('button', { name: 'Sign in', exact: true }).click();
  await (await opened).getByRole('link', { name: /alice/ }).click();
  await panel.getByRole('status').getByText('alice@contoso.test').waitFor();
  await panel
    .getByRole('list', { name: 'Kernels' })
    .getByText('ready')
    .waitFor();
  return page;
}

/** In the page: remember the kernel's websocket. */
function keepSockets() {
  const Native = globalThis.WebSocket;
  globalThis.WebSocket = class extends Native {
    constructor(url, protocols) {
      super(url, protocols);
      if (String(url).includes('/channels')) {
        globalThis.kernelSocket = this;
      }
    }
  };
}

/**
 * In the page: milliseconds of `count` round trips, `apart` milliseconds after one another. The frames are
 * those of Jupyter's websocket protocol v1: how many parts, where each begins, and the parts.
 */
async function roundTrips({ count, apart }) {
  const socket = globalThis.kernelSocket;
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();

  function frame(id) {
    const header = {
      msg_id: id,
      msg_type: 'comm_info_request',
      session: 'busy-pull',
      username: '',
      version: '5.3',
      date: new Date().toISOString()
    };
    const texts = ['control', JSON.stringify(header), '{}', '{}', '{}'];
    const parts = texts.map(text => encoder.encode(text));
    const offsets = [8 * (parts.length + 2)];
    for (const part of parts) {
      offsets.push(offsets.at(-1) + part.length);
    }
    const bytes = new Uint8Array(offsets.at(-1));
    const view = new DataView(bytes.buffer);
    [BigInt(offsets.length), ...offsets.map(BigInt)].forEach((value, index) =>
      view.setBigUint64(8 * index, value, true)
    );
    parts.forEach((part, index) => bytes.set(part, offsets[index]));
    return bytes;
  }

  function roundTrip() {
    const id = crypto.randomUUID();
    return new Promise(resolve => {
      const onMessage = ({ data }) => {
        const text = decoder.decode(data);
        if (text.includes('comm_info_reply') && text.includes(id)) {
          socket.removeEventListener('message', onMessage);
          resolve(performance.now() - start);
        }
      };
      socket.addEventListener('message', onMessage);
      const start = performance.now();
      socket.send(frame(id));
    });
  }

  const took = [];
  for (let trip = 0; trip < count; trip++) {
    await new Promise(resolve => setTimeout(resolve, apart));
    took.push(await roundTrip());
  }
  return took;
}

async function writeNotebook(lab) {
  const cell = {
    id: 'pulls',
    cell_type: 'code',
    metadata: {},
    execution_count: null,
    outputs: [],
    source: CELL
  };
  const kernelspec = { name: 'python3', display_name: 'Python 3' };
  const content = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec },
    cells: [cell]
  };
  await fetch(api(lab, `contents/${NOTEBOOK}`), {
    method: 'PUT',
    body: JSON.stringify({ type: 'notebook', format: 'json', content })
  });
}

function api(lab, path) {
  const url = new URL(lab);
  url.pathname = url.pathname.replace(/lab$/, `api/${path}`);
  return url;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
