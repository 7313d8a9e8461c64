/** Whom a fault touches, and when calls may have to wait because of it. */
import { overlaps } from './intervals.mjs';

/** Seconds after a fault for which what happens may still come from it: the life of a token, and a little. */
export const BLAME_SECONDS = 8;

/** The kind of the fault that a lost sign-in is noted as; it ends when somebody has signed in again. */
export const LOST_SIGN_IN = 'sign-in';

/** Seconds in which a set clock, or a second tab, may hold somebody up; afterwards all must go on. */
const MOMENT = 3;

/** Whether a fault can touch the work of a kernel: only Alice works with the browser, and all with the server. */
function affects({ target }, kernel) {
  if (target === 'tab' || target === 'browser') {
    return kernel === 'alice';
  }
  const isShared = target === 'server' || target === 'token';
  return isShared || target.split(' ').at(-1) === kernel;
}

/** The faults that may be the cause of what a kernel had in a span of time. */
export const faultsNear = (kernel, span, faults) =>
  faults.filter(
    fault =>
      affects(fault, kernel) &&
      overlaps(span, [fault.from, fault.to + BLAME_SECONDS])
  );

/** Faults in words, each of them once. */
export function inWords(faults) {
  const names = faults.map(({ kind, target, detail }) =>
    [kind, kind === 'provider' ? detail : target].join(' ')
  );
  return [...new Set(names)].sort().join(', ') || 'none';
}

/**
 * @param {string} kernel
 * @param {import('./verdict.mjs').IHappened[]} faults
 * @returns {[number, number][]} when a call in that kernel may have to wait, in seconds since the epoch
 */
export const windowsOf = (kernel, faults) =>
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
