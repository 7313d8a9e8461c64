/** Measuring in pairs: ours and the reference alternately, so that the machine's moods hit both. */

/** Pairs of measurements, in an order that changes from pair to pair. */
export async function measurePairs(count, ours, reference) {
  const pairs = [];
  for (let pair = 0; pair < count; pair++) {
    const result = {};
    const order = [
      ['ours', ours],
      ['reference', reference]
    ];
    for (const [name, measure] of pair % 2 ? order.reverse() : order) {
      result[name] = await measure();
    }
    pairs.push(result);
  }
  return pairs;
}

/**
 * A row of medians, whose reference says within which bounds the difference lies.
 *
 * @param {{name: string, unit: string, reference_name: string}} row
 * @param {{ours: number, reference: number}[]} pairs
 */
export function rowOf(row, pairs) {
  const [low, high] = differenceBounds(
    pairs.map(({ ours, reference }) => ours - reference)
  );
  const sign = value => (value > 0 ? '+' : '') + value.toFixed(0);
  return {
    ...row,
    ours: median(pairs.map(({ ours }) => ours)),
    reference: median(pairs.map(({ reference }) => reference)),
    reference_name: `${row.reference_name}; ${pairs.length} pairs, median difference ${sign(low)} to ${sign(high)} ${row.unit} at 95 %`
  };
}

/** The median; of an even number the lower one of the two. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/**
 * Bounds of the median by the sign test: no assumption about how the differences are spread. The order
 * statistics between which the median of all lies with at least 95 % certainty.
 */
export function differenceBounds(differences) {
  const sorted = [...differences].sort((a, b) => a - b);
  const n = sorted.length;
  let left = 0;
  let term = 0.5 ** n;
  // As many are left out at each end as have a chance of 2.5 % at most.
  for (let tail = term; tail <= 0.025 && left < n / 2 - 1; tail += term) {
    left += 1;
    term = (term * (n - left + 1)) / left;
  }
  const out = Math.max(0, left - 1);
  return [sorted[out], sorted[n - 1 - out]];
}
