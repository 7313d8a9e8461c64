/** The calls that a process has noted by themselves: those that were wrong in some way, or took long. */

const KINDS = ['expired', 'wrong', 'error', 'long'];

/** @param {import('./records.mjs').IRecord} record */
export function callsOf({ kernel, pid, events }) {
  const noted = events.filter(({ event }) => KINDS.includes(event));
  return [...noted, ...openAtTheEnd(events)].map(
    ({ event, worker, began, ended, exp, left, kind, code, account }) => ({
      event,
      kernel,
      pid,
      worker,
      group: worker.split('-')[0],
      name: `${kernel}: ${worker}`,
      began,
      ended,
      ...(event === 'expired' && { exp, left }),
      ...(event === 'wrong' && { account }),
      ...(event === 'error' && { error: kind, code })
    })
  );
}

/** Calls that the last report of a process says are waiting. */
function openAtTheEnd(events) {
  const last = events.findLast(({ event }) => event === 'count');
  return Object.entries(last?.waiting ?? {}).map(([worker, began]) => ({
    event: 'waiting',
    worker,
    began,
    ended: last.at
  }));
}
