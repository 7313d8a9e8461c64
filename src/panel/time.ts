const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** "17:40", "17:40 tomorrow" or a date, for a moment in milliseconds since the epoch. */
export function moment(at: number, now: number): string {
  const time = new Date(at).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit'
  });
  const days = dayOf(at) - dayOf(now);
  if (days === 0) {
    return time;
  }
  return days === 1
    ? `${time} tomorrow`
    : `${time} on ${new Date(at).toLocaleDateString()}`;
}

/** "just now", "2 min ago", "3 h ago". */
export function ago(at: number, now: number): string {
  const passed = now - at;
  if (passed < MINUTE) {
    return 'just now';
  }
  return passed < HOUR
    ? `${Math.floor(passed / MINUTE)} min ago`
    : `${Math.floor(passed / HOUR)} h ago`;
}

/** "14:32", from milliseconds. */
export function countdown(left: number): string {
  const seconds = Math.max(0, Math.floor(left / 1000));
  const rest = String(seconds % 60).padStart(2, '0');
  return `${Math.floor(seconds / 60)}:${rest}`;
}

/** Number of the local calendar day. */
function dayOf(at: number): number {
  const date = new Date(at);
  return Math.round(
    Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / (24 * HOUR)
  );
}
