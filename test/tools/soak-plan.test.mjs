import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortfalls } from '../../soak/lanes.mjs';
import { LONG, makePlan, SHORT } from '../../soak/plan.mjs';
import { whyNotHere } from '../../soak/samples.mjs';

const kindsOf = plan => new Set(plan.map(({ kind }) => kind));

test('a seed makes the same plan each time, and another one another', () => {
  assert.deepEqual(makePlan(LONG), makePlan(LONG));
  assert.notDeepEqual(makePlan(LONG), makePlan({ ...LONG, seed: 2 }));
});

test('the long form has every kind of fault, whatever the seed', () => {
  for (let seed = 0; seed < 50; seed++) {
    const kinds = kindsOf(makePlan({ ...LONG, seed }));
    assert.deepEqual(
      [...kinds].sort(),
      [
        ...['clock', 'interrupt', 'kill', 'late answer', 'provider', 'reload'],
        ...['restart', 'second tab', 'server kill', 'stop']
      ],
      `seed ${seed}`
    );
  }
});

test('the faults of a lane come one after another, and end in time', () => {
  for (let seed = 0; seed < 50; seed++) {
    const plan = makePlan({ ...LONG, seed });
    for (const lane of ['processes', 'provider', 'clocks']) {
      const own = plan.filter(fault => fault.lane === lane);
      own.forEach(({ at, lasts }, i) => {
        const next = own[i + 1]?.at ?? LONG.seconds;
        assert.ok(at + lasts <= next + 0.1, `seed ${seed}: ${lane} at ${at} s`);
      });
    }
  }
});

test('the server is killed early on, and the kernel of the profile never, so that growth can be seen', () => {
  for (let seed = 0; seed < 50; seed++) {
    const plan = makePlan({ ...LONG, seed });
    const ends = plan.filter(({ kind }) =>
      ['kill', 'restart', 'server kill'].includes(kind)
    );
    assert.ok(ends.every(({ target }) => target !== 'nightly'));
    const { at } = ends.find(({ kind }) => kind === 'server kill');
    assert.ok(at < LONG.seconds / 3, `seed ${seed}: after ${at} s`);
  }
});

test('the short form has what it must have', () => {
  const plan = makePlan(SHORT);
  for (const kind of [
    ...['clock', 'interrupt', 'kill', 'late answer', 'provider', 'reload']
  ]) {
    assert.ok(kindsOf(plan).has(kind), kind);
  }
  const { lasts } = plan.find(({ kind }) => kind === 'late answer');
  assert.ok(lasts >= 15, 'Its process is stopped for ten seconds.');
});

/** A plan with so many faults in each lane. */
const planOf = lanes =>
  Object.entries(lanes).flatMap(([lane, number]) =>
    Array.from({ length: number }, () => ({ lane }))
  );

test('a slow machine may leave out a third of the faults', () => {
  const plan = planOf({ processes: 4, provider: 2 });
  assert.deepEqual(shortfalls(plan, []), []);
  assert.deepEqual(shortfalls(plan, plan.slice(0, 2)), []);
  assert.deepEqual(shortfalls(plan, plan.slice(0, 3)), [
    '3 of 6 faults were left out, which is over a third.'
  ]);
});

test('no lane may be left out as a whole', () => {
  const plan = planOf({ processes: 8, clocks: 1 });
  assert.deepEqual(shortfalls(plan, plan.slice(-1)), [
    'All faults of the lane "clocks" were left out.'
  ]);
});

test('a soak needs Linux', () => {
  assert.equal(whyNotHere('linux'), null);
  assert.equal(whyNotHere('darwin'), 'soak: not run, it needs Linux');
});
