/** How each kind of fault is brought about, and ended. */
import { rename, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { HOLDS } from './plan.mjs';

const now = () => Date.now() / 1000;

/**
 * @typedef {import('./house.mjs').House} House
 * @typedef {import('./plan.mjs').IFault} IFault
 */

/**
 * Brings a fault about; resolves when it has ended and cells run again. What has happened is noted in `house`.
 *
 * @param {IFault} fault
 * @param {House} house
 */
export async function inflict(fault, house) {
  try {
    await KINDS[fault.kind](fault, house);
  } catch (error) {
    const what = `${fault.kind} ${fault.target}`;
    house.troubles.push(`${what}: ${error.message.split('\n')[0]}`);
  }
}

/** Signs in again whose session has ended, for example as the answer with the new refresh token was lost. */
export async function renewSessions(house) {
  const renew = async ([target, notebook]) => {
    const from = now();
    // The server is stopped or away, or the page is: it is looked at again.
    const why = await notebook.renewSession().catch(() => null);
    if (why !== null) {
      const fault = { lane: 'sessions', kind: 'sign-in', target, detail: why };
      house.happened.push({ ...fault, from, to: now() });
      console.log(`          ${target} has signed in again (${why})`);
    }
  };
  await Promise.all(Object.entries(house.notebooks).map(renew));
}

/** Notes a fault from its beginning until `work` has ended; what that gives is noted, too. */
async function noting(house, fault, work) {
  const happened = { ...fault, from: now(), to: Infinity };
  house.happened.push(happened);
  try {
    Object.assign(happened, await work());
  } finally {
    happened.to = Math.min(happened.to, now());
  }
}

/** A fault that is over when the cell of its target runs again. */
const ofNotebook = act => (fault, house) =>
  noting(house, fault, () => act(house.notebooks[fault.target]));

const KINDS = {
  async stop(fault, house) {
    await stop(fault, house, fault.lasts);
  },

  /** The provider gives its answers while the one that waits for them is stopped. */
  async 'late answer'(fault, house) {
    await house.provider.alone(() =>
      Promise.all([
        noting(house, answer('token', 'slow'), async () => {
          await house.setFaults({ token: 'slow' });
          await delay(HOLDS * 1000 + AFTER_STOP_MS);
          await house.setFaults({ token: null });
        }),
        delay(HOLDS * 1000).then(() => stop(fault, house, fault.lasts - HOLDS))
      ])
    );
  },

  kill: ofNotebook(async notebook => {
    process.kill(await notebook.pid(), 'SIGKILL');
    await notebook.beginWhenIdle();
  }),

  restart: ofNotebook(async notebook => {
    await notebook.restart();
    await notebook.begin();
  }),

  interrupt: ofNotebook(notebook => notebook.interruptAndBegin()),

  'server kill': (fault, house) =>
    noting(house, fault, async () => {
      const { alice, ...others } = house.notebooks;
      await house.server.kill();
      await house.server.start();
      const again = async (notebook, open) => {
        await open();
        await notebook.begin();
      };
      await Promise.all([
        again(alice, () => alice.reload()),
        ...Object.values(others).map(one => again(one, () => one.open()))
      ]);
    }),

  reload: (fault, house) =>
    noting(house, fault, () => house.notebooks.alice.reload()),

  'second tab': (fault, house) =>
    noting(house, fault, async () => {
      const page = await house.notebooks.alice.openAnother();
      await delay(fault.lasts * 1000);
      await page.close();
    }),

  provider: (fault, house) =>
    house.provider.alone(() =>
      noting(house, fault, async () => {
        await house.setFaults({ [fault.target]: fault.detail });
        await delay(fault.lasts * 1000);
        await house.setFaults({ [fault.target]: null });
      })
    ),

  clock: (fault, house) =>
    noting(house, fault, async () => {
      await setClock(house, fault.target, fault.detail);
      await delay(fault.lasts * 1000);
      await setClock(house, fault.target, 0);
    })
};

/** Milliseconds after which a process that is being stopped has certainly stopped. */
const AFTER_STOP_MS = 1500;

const answer = (target, detail) => ({
  lane: 'provider',
  kind: 'provider',
  target,
  detail
});

async function stop({ target }, house, seconds) {
  const fault = { lane: 'processes', kind: 'stop', target };
  await noting(house, fault, async () => {
    const pids = await house.pidsOf(target);
    pids.forEach(pid => house.stop(pid));
    // The time in which they were stopped for certain; a call can neither begin nor end in it.
    const from = now() + 0.001;
    await delay(seconds * 1000);
    const to = now();
    pids.forEach(pid => house.goOn(pid));
    return { pids, from, to };
  });
}

async function setClock(house, target, seconds) {
  if (target === 'tab') {
    return house.notebooks.alice.setClock(seconds);
  }
  const file = house.clockFile(target);
  // Nobody reads half of it.
  await writeFile(`${file}.new`, String(seconds));
  await rename(`${file}.new`, file);
}
