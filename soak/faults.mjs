/** How each kind of fault is started, and ended. */
import { rename, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { ANSWER_HELD_S } from './plan.mjs';

const now = () => Date.now() / 1000;

/**
 * @typedef {import('./environment.mjs').SoakEnvironment} SoakEnvironment
 * @typedef {import('./plan.mjs').IFault} IFault
 */

/**
 * Starts a fault; resolves when it has ended and cells run again. What has happened is noted in `environment`.
 *
 * @param {IFault} fault
 * @param {SoakEnvironment} environment
 */
export async function runFault(fault, environment) {
  try {
    await KINDS[fault.kind](fault, environment);
  } catch (error) {
    const what = `${fault.kind} ${fault.target}`;
    environment.driverErrors.push(`${what}: ${error.message.split('\n')[0]}`);
  }
}

/** Notes a fault from its beginning until `work` has ended; what that gives is noted, too. */
async function noting(environment, fault, work) {
  const happened = { ...fault, from: now(), to: Infinity };
  environment.happened.push(happened);
  try {
    Object.assign(happened, await work());
  } finally {
    happened.to = Math.min(happened.to, now());
  }
}

/** A fault that is over when the cell of its target runs again. */
const ofNotebook = act => (fault, environment) =>
  noting(environment, fault, () => act(environment.notebooks[fault.target]));

const KINDS = {
  async stop(fault, environment) {
    await stop(fault, environment, fault.lasts);
  },

  /** The provider gives its answers while the one that waits for them is stopped. */
  async 'late answer'(fault, environment) {
    await environment.provider.alone(() =>
      Promise.all([
        noting(environment, answer('token', 'slow'), async () => {
          await environment.setFaults({ token: 'slow' });
          await delay(ANSWER_HELD_S * 1000 + AFTER_STOP_MS);
          await environment.setFaults({ token: null });
        }),
        delay(ANSWER_HELD_S * 1000).then(() =>
          stop(fault, environment, fault.lasts - ANSWER_HELD_S)
        )
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

  'server kill': (fault, environment) =>
    noting(environment, fault, async () => {
      const { alice, ...others } = environment.notebooks;
      await environment.server.kill();
      await environment.server.start();
      const again = async (notebook, open) => {
        await open();
        await notebook.begin();
      };
      await Promise.all([
        again(alice, () => alice.reload()),
        ...Object.values(others).map(one => again(one, () => one.open()))
      ]);
    }),

  reload: (fault, environment) =>
    noting(environment, fault, () => environment.notebooks.alice.reload()),

  'second tab': (fault, environment) =>
    noting(environment, fault, async () => {
      const page = await environment.notebooks.alice.openAnother();
      await delay(fault.lasts * 1000);
      await page.close();
    }),

  provider: (fault, environment) =>
    environment.provider.alone(() =>
      noting(environment, fault, async () => {
        await environment.setFaults({ [fault.target]: fault.detail });
        await delay(fault.lasts * 1000);
        await environment.setFaults({ [fault.target]: null });
      })
    ),

  clock: (fault, environment) =>
    noting(environment, fault, async () => {
      await setClock(environment, fault.target, fault.detail);
      await delay(fault.lasts * 1000);
      await setClock(environment, fault.target, 0);
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

async function stop({ target }, environment, seconds) {
  const fault = { lane: 'processes', kind: 'stop', target };
  await noting(environment, fault, async () => {
    const pids = await environment.pidsOf(target);
    pids.forEach(pid => environment.stop(pid));
    // The time in which they were stopped for certain; a call can neither begin nor end in it.
    const from = now() + 0.001;
    await delay(seconds * 1000);
    const to = now();
    pids.forEach(pid => environment.goOn(pid));
    return { pids, from, to };
  });
}

async function setClock(environment, target, seconds) {
  if (target === 'tab') {
    return environment.notebooks.alice.setClock(seconds);
  }
  const file = environment.clockFile(target);
  // Nobody reads half of it.
  await writeFile(`${file}.new`, String(seconds));
  await rename(`${file}.new`, file);
}
