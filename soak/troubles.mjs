/** Whom a fault touches, and when somebody may have to wait because of it. */

/** Seconds in which a set clock, or a second tab, may hold somebody up; afterwards all must go on. */
const MOMENT = 3;

/** Whether a fault can touch the work of a kernel: only Alice works with the browser, and all with the server. */
export function affects({ target }, kernel) {
  if (target === 'tab' || target === 'browser') {
    return kernel === 'alice';
  }
  const isShared = target === 'server' || target === 'token';
  return isShared || target.split(' ').at(-1) === kernel;
}

/**
 * @param {string} kernel
 * @param {import('./verdict.mjs').IHappened[]} faults
 * @returns {[number, number][]} when a call in that kernel may have to wait, in seconds since the epoch
 */
export const troublesOf = (kernel, faults) =>
  faults.filter(fault => affects(fault, kernel)).flatMap(spansOf);

function spansOf({ kind, from, to }) {
  switch (kind) {
    case 'clock':
      return [
        [from, from + MOMENT],
        [to, to + MOMENT]
      ];
    case 'second tab':
      return [[from, from + MOMENT]];
    default:
      return [[from, to]];
  }
}
