import { Notification } from '@jupyterlab/apputils';
import type { IOutputGuard } from '../tokens';
import { choicesOf, messageOf } from './leaks';

/** Also say it where it is seen with the panel closed. What is settled here or there is settled in both. */
export function notifyOfLeaks(outputs: IOutputGuard): void {
  /** Notifications by the leak that they are about. */
  const shown = new Map<string, string>();
  outputs.changed.connect(() => {
    const ids = new Set(outputs.leaks.map(({ id }) => id));
    for (const [leak, notification] of shown) {
      if (!ids.has(leak)) {
        shown.delete(leak);
        Notification.dismiss(notification);
      }
    }
    for (const leak of outputs.leaks) {
      if (!shown.has(leak.id)) {
        // There is room for two: the best, and to be left alone.
        const choices = choicesOf(outputs, leak);
        const actions = [choices[0], choices[2]].map(({ label, choose }) => ({
          label,
          callback: choose
        }));
        const options = { autoClose: false as const, actions };
        shown.set(leak.id, Notification.warning(messageOf(leak), options));
      }
    }
  });
}
