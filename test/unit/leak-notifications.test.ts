import { Notification } from '@jupyterlab/apputils';
import { notifyOfLeaks } from '../../src/panel/leak-notifications';
import { FakeGuard } from '../fakes/guard';

const leak = (id: string) => ({
  id,
  notebook: `${id}.ipynb`,
  cells: ['[1]'],
  until: 0
});

const shown = () =>
  Notification.manager.notifications.map(({ message }) => message).sort();

const messageOf = (id: string): string =>
  `${id}.ipynb is saved with an access token in the output of cell [1].`;

describe("JupyterLab's notifications", () => {
  afterEach(() => Notification.dismiss());

  it('say of each notebook that it is saved with a token, once', () => {
    const guard = new FakeGuard();
    notifyOfLeaks(guard);
    guard.set(leak('a'));
    guard.set(leak('a'), leak('b'));
    expect(shown()).toEqual([messageOf('a'), messageOf('b')]);
    expect(Notification.manager.notifications[0]!.options.autoClose).toBe(
      false
    );
  });

  it('go when it is settled elsewhere', () => {
    const guard = new FakeGuard();
    notifyOfLeaks(guard);
    guard.set(leak('a'), leak('b'));
    guard.set(leak('b'));
    expect(shown()).toEqual([messageOf('b')]);
  });

  it('offer the best, and to be left alone', () => {
    const guard = new FakeGuard();
    notifyOfLeaks(guard);
    guard.set(leak('a'));
    const { actions = [] } = Notification.manager.notifications[0]!.options;
    expect(actions.map(({ label }) => label)).toEqual([
      'Clear output and save',
      'Keep'
    ]);
    actions.forEach(({ callback }) => callback({} as MouseEvent));
    expect(guard.calls).toEqual(['clearAndSave a', 'keep a']);
  });
});
