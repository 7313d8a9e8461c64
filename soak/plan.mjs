/**
 * What goes wrong in a soak, and when: made from its seed alone.
 *
 * Three lanes run side by side, so faults of different lanes overlap: what is done to processes, what is wrong
 * with the provider, and which clocks are set.
 */
import { Random } from './random.mjs';

/** Whose notebooks they are; `nightly` is a profile. */
export const KERNELS = ['alice', 'bob', 'nightly'];

/** The form that `npm test -- --deep` has, and that `npm run soak` has unless it is told otherwise. */
export const LONG = { seconds: 12 * 60, seed: 1 };

/** The form that `npm test` has: its seed brings a fault of each kind that there is time for. */
export const SHORT = { seconds: 36, seed: 45, isShort: true };

/**
 * @typedef {object} IFault
 * @property {number} at seconds after the start
 * @property {number} lasts seconds; 0 if it is over at once
 * @property {'processes' | 'provider' | 'clocks'} lane
 * @property {string} kind
 * @property {string} target
 * @property {string | number} [detail] the provider's answer, or the seconds by which a clock is set
 */

/** Seconds that are left after a fault for the cells to run again. */
const ROOM = {
  'server kill': 20,
  kill: 5,
  restart: 5,
  interrupt: 2,
  stop: 2,
  'late answer': 2,
  reload: 5,
  'second tab': 2
};

/** What is done to processes in each round. Nobody kills the kernel of the profile, so that its growth can be seen. */
const PROCESS_FAULTS = [
  ...KERNELS.map(name => ['interrupt', name]),
  ...KERNELS.map(name => ['stop', name]),
  ...KERNELS.map(name => ['stop', `child of ${name}`]),
  ...['alice', 'bob'].flatMap(name => [
    ['kill', name],
    ['restart', name]
  ]),
  ...['server', 'browser'].map(name => ['stop', name]),
  ...[...KERNELS, 'server', 'browser'].map(name => ['late answer', name]),
  ['reload', 'tab'],
  ['reload', 'tab'],
  ['second tab', 'tab']
];

/**
 * Seconds for which the provider holds its answers back before the stop of a `late answer`: longer than a token
 * of six seconds is fresh, so that everybody has asked for the next one.
 */
export const ANSWER_HELD_S = 5.5;

/** What the provider's token endpoint does; the demo has these. */
const ANSWERS = ['500', '429', 'slow', 'html', 'garbage', 'down'];

const CLOCKS = [...KERNELS, 'tab', 'server'];
const HOUR = 3600;

/**
 * @param {{seconds: number, seed: number, isShort?: boolean}} form `isShort`: the short form, one fault of each
 *   kind that fits
 * @returns {IFault[]} in the order of their times
 */
export function makePlan({ seconds, seed, isShort = false }) {
  const random = new Random(seed);
  const processes = isShort
    ? shortLane(random, seconds)
    : longLane(random, seconds);
  const provider = providerLane(random, seconds, isShort);
  const clocks = clockLane(random, seconds, isShort);
  return [...processes, ...provider, ...clocks].sort((a, b) => a.at - b.at);
}

function shortLane(random, seconds) {
  const faults = [
    ['late answer', random.pick(KERNELS)],
    ['kill', random.pick(['alice', 'bob'])],
    ['interrupt', random.pick(KERNELS)],
    ['reload', 'tab']
  ];
  return laidOut(random, seconds, random.shuffled(faults), {
    first: 3,
    gap: [0.5, 1],
    stop: [10, 10]
  });
}

/** Rounds of all that there is, one after another. */
function longLane(random, seconds) {
  const rounds = [];
  // Each has about five minutes of faults in it.
  for (let round = 0; round <= seconds / 120; round++) {
    rounds.push(random.shuffled(PROCESS_FAULTS));
  }
  // Early on, since no kernel lives longer than its server, and growth needs time to show.
  rounds[0].splice(3, 0, ['server kill', 'server']);
  return laidOut(random, seconds, rounds.flat(), {
    first: 10,
    gap: [1, 6],
    stop: [10, 20]
  });
}

/** Puts one after another until the time is used up. */
function laidOut(random, seconds, faults, { first, gap, stop }) {
  const lane = [];
  let at = first;
  for (const [kind, target] of faults) {
    const lasts = lastsOf(random, kind, stop);
    const end = at + lasts + ROOM[kind];
    if (end > seconds) {
      break;
    }
    lane.push({ at: tenth(at), lasts, lane: 'processes', kind, target });
    at = end + random.between(...gap);
  }
  return lane;
}

function lastsOf(random, kind, stop) {
  switch (kind) {
    case 'stop':
      return random.between(...stop);
    case 'late answer':
      return ANSWER_HELD_S + random.between(...stop);
    case 'second tab':
      return random.between(5, 12);
    default:
      return 0;
  }
}

/** One fault after another; the driver lets one wait while a `late answer` has the provider. */
function providerLane(random, seconds, isShort) {
  const lane = [];
  let at = isShort ? 4 : random.between(10, 15);
  for (;;) {
    // Some are longer than a token lives.
    const lasts = isShort ? random.between(8, 9) : random.between(3, 15);
    if (at + lasts > seconds) {
      return lane;
    }
    const detail = random.pick(ANSWERS);
    const kind = 'provider';
    lane.push({
      at: tenth(at),
      lasts,
      lane: kind,
      kind,
      target: 'token',
      detail
    });
    at += lasts + random.between(4, 16);
  }
}

function clockLane(random, seconds, isShort) {
  const lane = [];
  let at = isShort ? 5 : random.between(15, 25);
  for (;;) {
    const lasts = isShort ? random.between(6, 10) : random.between(10, 60);
    if (at + lasts > seconds) {
      return lane;
    }
    lane.push({
      at: tenth(at),
      lasts,
      lane: 'clocks',
      kind: 'clock',
      target: random.pick(CLOCKS),
      detail: random.pick([HOUR, -HOUR])
    });
    at += lasts + random.between(5, 20);
  }
}

const tenth = seconds => Math.round(seconds * 10) / 10;
