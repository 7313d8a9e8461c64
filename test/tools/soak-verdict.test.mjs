import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longestOutside, union } from '../../soak/intervals.mjs';
import { parse } from '../../soak/records.mjs';
import { judge } from '../../soak/verdict.mjs';

test('what is left of a span outside of others', () => {
  const others = union([
    [6, 8],
    [1, 3],
    [2, 4]
  ]);
  assert.deepEqual(others, [
    [1, 4],
    [6, 8]
  ]);
  assert.equal(longestOutside([0, 20], others), 12);
  assert.equal(longestOutside([2, 7], others), 2);
  assert.equal(longestOutside([6.5, 7], others), 0);
});

test('a line that was not ended when its process was killed is left out', () => {
  assert.deepEqual(parse('{"event": "began"}\n{"event": "cou'), [
    { event: 'began' }
  ]);
});

/** All times are seconds of an afternoon in which everything is put right at 100. */
const LIFTED = 100;

const count = (good, more = {}) => ({
  event: 'count',
  at: 110,
  calls: { cell: 50, thread: 90 },
  good: { cell: good },
  waiting: {},
  ...more
});

const record = (role, pid, events, more = {}) => ({
  kernel: 'alice',
  run: '1-10',
  role,
  pid,
  events: [{ event: 'began', pid }, ...events],
  ...more
});

const call = (event, began, ended, more = {}) => ({
  event,
  worker: 'thread-3',
  began,
  ended,
  ...more
});

const verdictOf = ({ kernel = [], child = [], ...more } = {}) =>
  judge({
    records: [
      record('kernel', 10, [...kernel, count(105)]),
      record('child-0', 11, [...child, count(105, { calls: { child: 20 } })])
    ],
    faults: [],
    samples: [],
    kernels: ['alice'],
    children: 1,
    lifted: LIFTED,
    driverErrors: [],
    ...more
  });

/** The columns that aren't zero. */
const wrong = ({ columns }) =>
  Object.fromEntries(Object.entries(columns).filter(([, number]) => number));

const stop = pid => ({
  kind: 'stop',
  target: 'alice',
  from: 50,
  to: 60,
  pids: [pid]
});

test('a soak in which nothing was wrong has nothing but zeros', () => {
  const verdict = verdictOf();
  assert.deepEqual(wrong(verdict), {});
  assert.deepEqual(
    verdict.rows.map(({ group, calls }) => [group, calls]),
    [
      ['cell', 50],
      ['thread', 90],
      ['child', 20]
    ]
  );
});

test('a group of callers without a call has tested nothing', () => {
  const calls = { cell: 50, thread: 0 };
  const records = [record('kernel', 10, [count(105, { calls })])];
  assert.deepEqual(wrong(verdictOf({ records, children: 0 })), {
    'groups of callers without a call': 1
  });
});

test('lost sign-ins are counted, and are no failure', () => {
  const lost = { kind: 'sign-in', target: 'bob', from: 20, to: 22 };
  const verdict = verdictOf({ faults: [lost] });
  assert.equal(verdict.lostSignIns, 1);
  assert.deepEqual(wrong(verdict), {});
});

test('an expired token is counted without tolerance, and told with what was wrong', () => {
  const expired = call('expired', 62, 63.001, { exp: 63, left: 1.5 });
  const other = { kind: 'kill', target: 'bob', from: 60, to: 61 };
  const verdict = verdictOf({ kernel: [expired], faults: [stop(10), other] });
  assert.deepEqual(wrong(verdict), { 'expired tokens': 1 });
  const [{ during, count: number, left }] = verdict.expired;
  assert.deepEqual([during, number, left], ['stop alice', 1, 1.5]);
});

test('tokens of a wrong account are told by account, with what was wrong at the first', () => {
  const foreign = began =>
    call('wrong', began, began + 0.01, { account: 'bob', tenant: 'home' });
  const verdict = verdictOf({
    kernel: [foreign(62), foreign(90)],
    faults: [{ kind: 'kill', target: 'alice', from: 60, to: 61 }]
  });
  const [{ account, began, count: number, during }] = verdict.foreign;
  assert.deepEqual([account, began, number], ['bob', 62, 2]);
  assert.equal(during, 'kill alice');
});

test('one whose own process was stopped during the call is counted apart', () => {
  const expired = call('expired', 49.9, 60.1, { exp: 55, left: 0 });
  const verdict = verdictOf({ kernel: [expired], faults: [stop(10)] });
  assert.deepEqual(wrong(verdict), {});
  assert.equal(verdict.rows.find(({ group }) => group === 'thread').apart, 1);
});

test('the stop of another process excuses nothing', () => {
  const expired = call('expired', 49.9, 60.1, { exp: 55, left: 0 });
  const verdict = verdictOf({ child: [expired], faults: [stop(10)] });
  assert.deepEqual(wrong(verdict), { 'expired tokens': 1 });
});

test('a token of a wrong account is found', () => {
  const verdict = verdictOf({ child: [call('wrong', 5, 5.1)] });
  assert.deepEqual(wrong(verdict), { 'tokens of a wrong account': 1 });
});

test('a worker that has had no token since all was put right is hung', () => {
  const silent = [record('kernel', 10, [count(99)])];
  const { hung } = verdictOf({ records: silent, children: 0 });
  assert.deepEqual(hung, ['alice: cell']);
});

test('a cell that never ran, and a child that never began, are hung', () => {
  assert.deepEqual(verdictOf({ records: [] }).hung, ['alice: no cell has run']);
  const alone = [record('kernel', 10, [count(105)])];
  assert.deepEqual(verdictOf({ records: alone, children: 2 }).hung, [
    'alice: 2 of 2 children never began'
  ]);
});

test('a cell that has ended before all was put right is hung', () => {
  const old = [record('kernel', 10, [count(105, { at: 40 })])];
  old[0].events.at(-1).good = { cell: 39 };
  assert.deepEqual(verdictOf({ records: old, children: 0 }).hung, [
    'alice: cell'
  ]);
});

test('a call that takes long is hung if nothing was wrong meanwhile', () => {
  const long = call('long', 10, 45);
  assert.deepEqual(verdictOf({ kernel: [long] }).hung, ['alice: thread-3']);
  const outage = { kind: 'provider', target: 'token', from: 20, to: 40 };
  const { hung, longest } = verdictOf({ kernel: [long], faults: [outage] });
  assert.deepEqual([hung, longest.calm], [[], 10]);
});

test('a set clock excuses a moment only, and what is wrong elsewhere nothing', () => {
  const long = call('long', 10, 45);
  const clock = { kind: 'clock', target: 'alice', from: 11, to: 70 };
  const other = { kind: 'restart', target: 'bob', from: 10, to: 45 };
  const browser = { kind: 'stop', target: 'browser', from: 10, to: 45 };
  assert.equal(
    verdictOf({ kernel: [long], faults: [clock, other] }).hung.length,
    1
  );
  assert.equal(verdictOf({ kernel: [long], faults: [browser] }).hung.length, 0);
});

test('an open call of the last report counts as long as it has waited', () => {
  const waiting = count(105, { waiting: { 'thread-1': 70 } });
  const records = [record('kernel', 10, [waiting])];
  assert.deepEqual(verdictOf({ records, children: 0 }).hung, [
    'alice: thread-1'
  ]);
});

test('errors are named, and only those are expected that a child has of a kernel which ended', () => {
  const gone = call('error', 50, 50, { kind: 'ParentGone' });
  const refused = call('error', 50, 50, { kind: 'TokenRefused', code: 'x' });
  const kill = { kind: 'kill', target: 'alice', from: 49, to: 55 };
  const verdict = verdictOf({ child: [gone, refused], faults: [kill] });
  assert.deepEqual(wrong(verdict), { 'unexpected errors': 1 });
  assert.deepEqual(
    verdict.errors.map(({ error, code, isExpected }) => [
      error,
      code,
      isExpected
    ]),
    [
      ['ParentGone', undefined, true],
      ['TokenRefused', 'x', false]
    ]
  );
  assert.deepEqual(wrong(verdictOf({ child: [gone] })), {
    'unexpected errors': 1
  });
});

test('what the driver could not do is no good soak', () => {
  assert.equal(
    Object.keys(wrong(verdictOf({ driverErrors: ['x'] }))).length,
    1
  );
});

const samples = (name, figures) =>
  figures.map((more, at) => ({
    ...{ at, name, pid: 10, memory: 50, descriptors: 80, threads: 12 },
    ...more
  }));

test('growth between the first and the last part is found, and a peak between is none', () => {
  const peak = samples('server', [
    ...[{}, {}, {}, { threads: 90 }, { descriptors: 900 }, {}, {}, {}]
  ]);
  assert.deepEqual(wrong(verdictOf({ samples: peak })), {});
  const grown = { memory: 90, descriptors: 95, threads: 17 };
  const leak = samples('server', [{}, {}, {}, {}, {}, grown, grown, grown]);
  assert.deepEqual(wrong(verdictOf({ samples: leak })), {
    'signs of growth': 3
  });
});

test('a process that another has taken the place of has not grown', () => {
  const [first, second] = [0, 1].map(pid =>
    samples('alice', [{}, {}, {}, {}, {}, {}]).map(one => ({
      ...one,
      pid,
      descriptors: 80 + 50 * pid
    }))
  );
  const both = verdictOf({ samples: [...first, ...second] });
  assert.deepEqual(wrong(both), {});
});

test('nothing is compared while something is wrong', () => {
  const grown = { threads: 40 };
  const leak = samples('server', [{}, {}, {}, {}, {}, grown, grown, grown]);
  const outage = { kind: 'provider', target: 'token', from: 5, to: 7 };
  const { growth } = verdictOf({ samples: leak, faults: [outage] });
  assert.deepEqual(growth, []);
});
