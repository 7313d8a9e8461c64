import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import { act } from 'react';
import type { Views } from '../../src/panel/panel';
import { CdfAuthPanel } from '../../src/panel/panel';
import type { IPanelProps } from '../../src/panel/views';
import { settle } from '../fakes/clock';

(globalThis as Record<string, unknown>)['IS_REACT_ACT_ENVIRONMENT'] = true;

const views: Views = () => <p>Signed out</p>;

/** A panel in the page whose views come, or don't, as the test says. */
function create(isHidden: boolean, load: () => Promise<Views>) {
  const state = { loads: 0 };
  const panel = new CdfAuthPanel({} as IPanelProps, () => {
    state.loads += 1;
    return load();
  });
  panel.setHidden(isHidden);
  const flush = async (): Promise<void> =>
    act(async () => {
      await settle();
      MessageLoop.flush();
    });
  act(() => Widget.attach(panel, document.body));
  return { panel, state, flush };
}

it('loads nothing while it is hidden, and its views when it is shown', async () => {
  const { panel, state, flush } = create(true, async () => views);
  await flush();
  expect(state.loads).toBe(0);
  panel.show();
  await flush();
  panel.hide();
  panel.show();
  await flush();
  expect(state.loads).toBe(1);
  expect(panel.node.textContent).toBe('Signed out');
  act(() => panel.dispose());
});

it('loads them at once where a restored layout shows it', async () => {
  const { panel, flush } = create(false, async () => views);
  await flush();
  expect(panel.node.textContent).toBe('Signed out');
  act(() => panel.dispose());
});

it('says that they could not be loaded, and tries again', async () => {
  let isAway = true;
  const { panel, flush } = create(false, async () => {
    if (isAway) {
      throw new Error('away');
    }
    return views;
  });
  await flush();
  expect(panel.node.textContent).toContain('could not be loaded');
  isAway = false;
  act(() => panel.node.querySelector('button')!.click());
  await flush();
  expect(panel.node.textContent).toBe('Signed out');
  act(() => panel.dispose());
});
