/** Spans of time, each `[from, to]` in seconds. */

/** @returns {[number, number][]} the same spans in order, those that touch as one */
export function union(spans) {
  const result = [];
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && from <= last[1]) {
      last[1] = Math.max(last[1], to);
    } else {
      result.push([from, to]);
    }
  }
  return result;
}

/** @returns {number} how long the longest part of a span is that lies outside of all of `united` */
export function longestOutside([from, to], united) {
  let longest = 0;
  let at = from;
  for (const [begin, end] of united) {
    if (end <= at || begin >= to) {
      continue;
    }
    longest = Math.max(longest, begin - at);
    at = end;
  }
  return Math.max(longest, to - at);
}

/** Whether two spans have a moment in common. */
export const overlaps = (a, b) => a[0] <= b[1] && b[0] <= a[1];
