/** A reporter for `node --test`: one JSON object with the counts. */
export default async function* counts(events) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if (data?.details?.type === 'suite') {
      continue;
    }
    if (type === 'test:fail') {
      count.failed++;
    } else if (type === 'test:pass') {
      const isSkipped = data.skip !== undefined || data.todo !== undefined;
      count[isSkipped ? 'skipped' : 'passed']++;
    }
  }
  yield JSON.stringify(count);
}
