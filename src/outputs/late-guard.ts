import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { AccessToken } from '../credentials/token';
import type { IClock } from '../shared/clock';
import type { ILeak, IOutputGuard } from '../tokens';

/** What is loaded late: the guard, and what it has to be told. */
export interface ILoadedGuard<Notebook> {
  readonly guard: IOutputGuard;
  /** A kernel is about to get `token`. */
  remember(token: AccessToken): void;
  /** `notebook` is being saved. */
  check(notebook: Notebook): void;
}

/**
 * The guard, whose code is loaded with the first token or the first save: there is nothing to guard before.
 *
 * It holds no save up: a notebook is looked through when the request is on its way.
 */
export class LateGuard<Notebook> implements IOutputGuard {
  constructor(
    private readonly _load: () => Promise<ILoadedGuard<Notebook>>,
    private readonly _clock: IClock
  ) {}

  get leaks(): readonly ILeak[] {
    return this._loaded?.guard.leaks ?? [];
  }

  get changed(): ISignal<IOutputGuard, void> {
    return this._changed;
  }

  remember(token: AccessToken): void {
    this._use(loaded => loaded.remember(token));
  }

  saving(notebook: Notebook): void {
    this._clock.schedule(() => this._use(loaded => loaded.check(notebook)), 0);
  }

  clear(id: string): void {
    this._loaded?.guard.clear(id);
  }

  async clearAndSave(id: string): Promise<void> {
    await this._loaded?.guard.clearAndSave(id);
  }

  keep(id: string): void {
    this._loaded?.guard.keep(id);
  }

  private _use(what: (loaded: ILoadedGuard<Notebook>) => void): void {
    this._loading ??= this._begin();
    this._loading.then(what).catch(() => {
      // Without a connection its code can't be loaded, and nothing can be saved. The next save tries again.
      this._loading = null;
    });
  }

  private async _begin(): Promise<ILoadedGuard<Notebook>> {
    const loaded = await this._load();
    loaded.guard.changed.connect(() => this._changed.emit());
    this._loaded = loaded;
    return loaded;
  }

  private _loaded: ILoadedGuard<Notebook> | null = null;
  private _loading: Promise<ILoadedGuard<Notebook>> | null = null;
  private readonly _changed = new Signal<IOutputGuard, void>(this);
}
