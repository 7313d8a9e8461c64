import assert from 'node:assert/strict';
import { test } from 'node:test';
import { names, readLimits, runAll } from '../../scripts/bench/run.mjs';

const row = (name, ours = 1) => ({
  name,
  unit: 'ms',
  ours,
  reference: 2,
  reference_name: 'something else'
});

const LIMITS = {
  good: { 'good/time': { ratio: 2 } },
  bad: { 'bad/time': { ratio: 2 } }
};

const run = (measures, short = false, limits = LIMITS) =>
  runAll(measures, limits, short, () => {});

const good = async () => [row('good/time')];

const problemsOf = results => results.flatMap(({ problems }) => problems);

test('a row is given with its ratio', async () => {
  assert.deepEqual(await run({ good }), [
    { rows: [{ ...row('good/time'), ratio: 0.5 }], problems: [] }
  ]);
});

test('work that a benchmark has found undone is told in its words, and the others go on', async () => {
  const bad = async () => {
    const answered = ['token', undefined].filter(Boolean).length;
    assert.ok(answered === 2, 'Only 1 of 2 peers got a token.');
    return [row('bad/time')];
  };
  const results = await run({ bad, good });
  assert.deepEqual(problemsOf(results), [
    'failed: bad: Only 1 of 2 peers got a token.'
  ]);
  assert.deepEqual(
    results.map(({ rows }) => rows.length),
    [0, 1]
  );
});

test('a fault of the benchmark itself is told with its place', async () => {
  const bad = async () => undefined;
  const [problem] = problemsOf(await run({ bad }));
  assert.match(problem, /^failed: bad: TypeError: .*\n +at /);
});

test('a row that lacks a figure is a failure', async () => {
  for (const lacking of [
    { ours: undefined },
    { ours: NaN },
    { reference: 0 },
    { unit: '' },
    { reference_name: undefined }
  ]) {
    const bad = async () => [{ ...row('bad/time'), ...lacking }];
    const [problem] = problemsOf(await run({ bad }));
    assert.match(problem, /^failed: bad: This row is not complete: {"name":/);
  }
});

test('the names are those that have limits, each once', async () => {
  const problems = async (...rows) =>
    problemsOf(await run({ bad: async () => rows }, true));
  assert.deepEqual(await problems(), [
    'failed: bad: "bad/time" was reported 0 times, not once.'
  ]);
  assert.deepEqual(await problems(row('bad/time'), row('bad/time')), [
    'failed: bad: "bad/time" was reported 2 times, not once.'
  ]);
  assert.deepEqual(await problems(row('bad/time'), row('good/time')), [
    'failed: bad: "good/time" has no limit in bench/limits.json.'
  ]);
});

test('a limit that is missed is told, unless the run was short', async () => {
  const slow = { good: async () => [row('good/time', 6.2)] };
  assert.deepEqual(problemsOf(await run(slow)), [
    'missed: good/time: 3.1, at most 2'
  ]);
  assert.deepEqual(problemsOf(await run(slow, true)), []);
});

test('a limit can be on our own figure', async () => {
  const slow = { good: async () => [row('good/time', 3)] };
  const limits = { good: { 'good/time': { ours: 2 } } };
  const results = await run(slow, false, limits);
  assert.deepEqual(problemsOf(results), ['missed: good/time: 3, at most 2']);
});

test('the file of limits has each benchmark, and one limit for each of its rows', () => {
  const limits = readLimits();
  assert.deepEqual(Object.keys(limits).sort(), names);
  for (const limit of Object.values(limits).flatMap(Object.values)) {
    const [[figure, most], ...more] = Object.entries(limit);
    assert.match(figure, /^(ours|ratio)$/);
    assert.ok(most > 0);
    assert.deepEqual(more, []);
  }
});
