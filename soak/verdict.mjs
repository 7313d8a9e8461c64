/** What is right and wrong about a soak, from the notes of its processes and the faults that there were. */
import { callsOf } from './calls.mjs';
import { growthOf } from './growth.mjs';
import { longestOutside, overlaps, union } from './intervals.mjs';
import {
  faultsNear,
  inWords,
  LOST_SIGN_IN,
  windowsOf
} from './fault-windows.mjs';

/** A call that takes longer than this while nothing is wrong is hung, in seconds. */
export const PATIENCE = 30;

/** What a child process is told when its kernel has ended, as it has in these. */
const ENDS = ['kill', 'restart', 'server kill', 'interrupt'];

/**
 * @typedef {{kind: string, target: string, detail?: string | number, from: number, to: number, pids?: number[]}}
 *   IHappened a fault as it happened, in seconds since the epoch, with the time until cells ran again; of a stop
 *   the `pids` that were stopped, and the time for which they certainly were
 * @typedef {{calls: number, expired: number, apart: number, wrong: number, errors: number}} ICounts
 */

/**
 * @param {object} soak
 * @param {import('./records.mjs').IRecord[]} soak.records
 * @param {IHappened[]} soak.faults
 * @param {import('./growth.mjs').ISample[]} soak.samples
 * @param {string[]} soak.kernels those whose cells must run at the end
 * @param {number} soak.children how many child processes each cell has
 * @param {number} soak.lifted when the last fault was lifted, s since the epoch
 * @param {string[]} soak.driverErrors what the driver couldn't do
 */
export function judge({
  records,
  faults,
  samples,
  kernels,
  children,
  lifted,
  driverErrors
}) {
  const calls = records.flatMap(callsOf);
  const judged = calls.map(call => withCircumstances(call, faults));
  const held = new Map(
    kernels.map(name => [name, union(windowsOf(name, faults))])
  );
  const waits = judged
    .filter(({ event }) => event === 'long' || event === 'waiting')
    .map(call => ({
      ...call,
      calm: longestOutside([call.began, call.ended], held.get(call.kernel))
    }))
    .sort((a, b) => b.calm - a.calm);
  const rows = rowsOf(records, judged);
  const hung = new Set([
    ...kernels.flatMap(name => hungOf(name, records, children, lifted)),
    ...waits.filter(({ calm }) => calm > PATIENCE).map(({ name }) => name)
  ]);
  const errors = groups(
    judged.filter(({ event }) => event === 'error'),
    ({ error, code, kernel, isExpected }) =>
      [error, code, kernel, isExpected].join()
  );
  const expired = groups(
    judged.filter(({ event, isApart }) => event === 'expired' && !isApart),
    ({ kernel, during }) => [kernel, during].join()
  );
  const foreign = groups(
    judged.filter(({ event }) => event === 'wrong'),
    ({ kernel, account }) => [kernel, account].join()
  );
  const growth = growthOf(samples, faults);
  const result = {
    ...{
      rows,
      expired,
      foreign,
      errors,
      hung: [...hung],
      growth,
      driverErrors
    },
    longest: waits[0],
    lostSignIns: faults.filter(({ kind }) => kind === LOST_SIGN_IN).length
  };
  return { ...result, columns: columnsOf(result) };
}

/** What was wrong at the time of a call, and whether that excuses it. */
function withCircumstances(call, faults) {
  const span = [call.began, call.ended];
  const near = faultsNear(call.kernel, span, faults);
  const isApart = near.some(
    ({ kind, pids, from, to }) =>
      kind === 'stop' && pids?.includes(call.pid) && overlaps(span, [from, to])
  );
  const isExpected =
    call.event === 'error' &&
    call.error === 'ParentGone' &&
    near.some(({ kind }) => ENDS.includes(kind));
  return { ...call, isApart, isExpected, during: inWords(near) };
}

function rowsOf(records, calls) {
  const rows = new Map();
  const rowOf = (kernel, group) => {
    const key = `${kernel} ${group}`;
    if (!rows.has(key)) {
      const counts = { calls: 0, expired: 0, apart: 0, wrong: 0, errors: 0 };
      rows.set(key, { kernel, group, ...counts });
    }
    return rows.get(key);
  };
  for (const { kernel, events } of records) {
    const last = events.findLast(({ event }) => event === 'count');
    for (const [group, number] of Object.entries(last?.calls ?? {})) {
      rowOf(kernel, group).calls += number;
    }
  }
  for (const { kernel, group, event, isApart } of calls) {
    const row = rowOf(kernel, group);
    row.expired += event === 'expired' && !isApart;
    row.apart += event === 'expired' && isApart;
    row.wrong += event === 'wrong';
    row.errors += event === 'error';
  }
  return [...rows.values()];
}

/** The workers of a kernel's last run that have had no token since everything was put right. */
function hungOf(name, records, children, lifted) {
  const own = records.filter(({ kernel }) => kernel === name);
  const run = own.at(-1)?.run;
  const last = own.filter(one => one.run === run);
  if (!last.some(({ role }) => role === 'kernel')) {
    return [`${name}: no cell has run`];
  }
  const silent = last.flatMap(({ events }) => {
    const { good } = events.findLast(({ event }) => event === 'count') ?? {};
    return Object.entries(good ?? {})
      .filter(([, at]) => at < lifted)
      .map(([worker]) => `${name}: ${worker}`);
  });
  const missing = children + 1 - last.length;
  return missing > 0
    ? [...silent, `${name}: ${missing} of ${children} children never began`]
    : silent;
}

/** Calls that are alike as one, with the worst of them. */
function groups(calls, keyOf) {
  const found = new Map();
  for (const call of calls) {
    const key = keyOf(call);
    const group = found.get(key) ?? { ...call, count: 0, callers: [] };
    const worst = overrun(call) > overrun(group) ? call : group;
    const callers = [...new Set([...group.callers, call.group])];
    found.set(key, { ...worst, count: group.count + 1, callers });
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

const overrun = ({ ended, exp = ended }) => ended - exp;

/** What must be zero. @returns {Record<string, number>} */
function columnsOf({ rows, errors, hung, growth, driverErrors }) {
  const sum = numbers => numbers.reduce((total, one) => total + one, 0);
  const unexpected = errors.filter(({ isExpected }) => !isExpected);
  return {
    'groups of callers without a call': rows.filter(({ calls }) => !calls)
      .length,
    'expired tokens': sum(rows.map(({ expired }) => expired)),
    'tokens of a wrong account': sum(rows.map(({ wrong }) => wrong)),
    'hung workers': hung.length,
    'unexpected errors': sum(unexpected.map(({ count }) => count)),
    'signs of growth': growth.filter(({ isTooMuch }) => isTooMuch).length,
    'faults that could not be started or ended': driverErrors.length
  };
}
