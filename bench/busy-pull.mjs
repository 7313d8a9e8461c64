/**
 * How long a busy cell waits for a token that its holder has at hand: JupyterLab in Chromium, a stock
 * Jupyter server, a real kernel. Beside it, between the pulls: a bare round trip on the control channel of
 * the same kernel, over the very websocket that JupyterLab uses.
 */
import assert from 'node:assert/strict';
import { median } from './lab/pairs.mjs';
import { newPage, openLab, signIn, writeNotebook } from './lab/page.mjs';

/** As in life, pulls lie apart: back to back they would measure TCP's delayed acknowledgements. */
const APART_MS = 200;

const NOTEBOOK = 'busy-pull.ipynb';

/** They ask for longer than any token is good for, so that the kernel has to ask each time. */
const pullsOf = count => `
import json, time
get_token()
took = []
for _ in range(${count}):
    time.sleep(${APART_MS / 1000})
    start = time.perf_counter()
    get_token(min_ttl=3600)
    took.append((time.perf_counter() - start) * 1000)
print("took", json.dumps(took))
`;

export default async function busyPull({ short, lab }) {
  const count = short ? 3 : 100;
  const { browser, url } = await lab();
  await writeNotebook(url, NOTEBOOK, pullsOf(count));
  const page = await newPage(browser);
  const sent = countTokens(page);
  await page.addInitScript(keepSockets);
  await openLab(page, url, NOTEBOOK);
  await signIn(page);
  await page.locator('.jp-Notebook .cm-content').first().click();
  await page.keyboard.press('Shift+Enter');
  const output = page.locator('.jp-Cell-outputArea').first();
  const trips = await page.evaluate(roundTrips, { count, apart: APART_MS });
  await output.getByText('took').waitFor({ timeout: 120_000 });
  const pulls = JSON.parse((await output.innerText()).match(/\[.*\]/s)[0]);
  assert.ok(
    pulls.length === count && trips.length === count,
    `${pulls.length} pulls and ${trips.length} round trips ended, not ${count}.`
  );
  assert.ok(
    sent.tokens >= count,
    `The page sent ${sent.tokens} tokens for ${count} pulls.`
  );
  return rows(median(pulls), median(trips));
}

/** Counts the tokens that a page brings to its kernels, from now on. */
function countTokens(page) {
  const count = { tokens: 0 };
  page.on('websocket', socket =>
    socket.on('framesent', ({ payload }) => {
      if (payload.toString('latin1').includes('"op":"token"')) {
        count.tokens += 1;
      }
    })
  );
  return count;
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
    return new Promise((resolve, reject) => {
      const late = new Error('The kernel did not answer on control in 10 s.');
      const timer = setTimeout(reject, 10_000, late);
      const onMessage = ({ data }) => {
        const text = decoder.decode(data);
        if (text.includes('comm_info_reply') && text.includes(id)) {
          socket.removeEventListener('message', onMessage);
          clearTimeout(timer);
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
