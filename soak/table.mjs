/** A soak's result, for people. */
import { BLAME_SECONDS } from './fault-windows.mjs';

/** @param {ReturnType<import('./verdict.mjs').judge>} result */
export function printResult(result) {
  const print = line => console.log(line);
  const {
    rows,
    expired,
    foreign,
    errors,
    hung,
    growth,
    longest,
    lostSignIns,
    driverErrors
  } = result;
  print('');
  table(
    print,
    [
      'kernel',
      'callers',
      'calls',
      'expired',
      'while stopped',
      'wrong',
      'errors'
    ],
    rows.map(row => [
      row.kernel,
      row.group,
      ...[row.calls, row.expired, row.apart, row.wrong, row.errors]
    ])
  );
  if (expired.length) {
    print(
      `\nExpired tokens, and the faults within the ${BLAME_SECONDS} s before:`
    );
    table(
      print,
      [
        'kernel',
        'callers',
        'tokens',
        'expired for',
        'call took',
        'left at call',
        'left by agent',
        'faults'
      ],
      expired.map(one => [
        ...[one.kernel, one.callers.join(' '), one.count],
        seconds(one.ended - one.exp),
        seconds(one.ended - one.began),
        seconds(one.exp - one.began),
        one.left === null ? '?' : seconds(one.left),
        one.during
      ])
    );
  }
  if (foreign.length) {
    print(
      `\nTokens of a wrong account, and the faults within the ${BLAME_SECONDS} s before the first:`
    );
    table(
      print,
      ['kernel', 'callers', 'tokens', 'account', 'first', 'faults'],
      foreign.map(one => [
        ...[one.kernel, one.callers.join(' '), one.count, one.account],
        new Date(one.began * 1000).toISOString(),
        one.during
      ])
    );
  }
  if (errors.length) {
    print('\nErrors:');
    table(
      print,
      ['kernel', 'callers', 'error', 'code', 'times', 'faults'],
      errors.map(one => [
        ...[one.kernel, one.callers.join(' '), one.error],
        ...[one.code ?? '', one.count],
        one.isExpected ? 'expected' : one.during
      ])
    );
  }
  if (growth.length) {
    print(
      '\nGrowth of what lived on (medians of the first and the last part):'
    );
    table(
      print,
      ['process', 'id', 'what', 'from', 'to', ''],
      growth.map(one => [
        ...[one.name, one.pid, one.what],
        ...[one.from.toFixed(0), one.to.toFixed(0)],
        one.isTooMuch ? 'too much' : ''
      ])
    );
  }
  print(
    longest
      ? `\nLongest wait while nothing was wrong: ${seconds(longest.calm)} (${longest.name}, after ${longest.during})`
      : '\nNo call took a second.'
  );
  print(`Sign-ins that were lost: ${lostSignIns}`);
  if (hung.length) {
    print(`Hung: ${hung.join(', ')}`);
  }
  driverErrors.forEach(text => print(`Not done: ${text}`));
}

const seconds = value => `${value.toFixed(2)} s`;

function table(print, head, rows) {
  const lines = [head, ...rows.map(row => row.map(String))];
  const widths = head.map((_, i) => Math.max(...lines.map(l => l[i].length)));
  for (const line of lines) {
    print(
      line
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd()
    );
  }
}
