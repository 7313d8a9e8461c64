import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import type { IPanelProps } from './views';

/** The component that shows everything. */
export type Views = React.ComponentType<IPanelProps>;

/**
 * The sidebar "Cognite Data Fusion". What it shows is loaded when it is shown first: most of those who open
 * JupyterLab have signed in already and never look.
 */
export class CdfAuthPanel extends ReactWidget {
  constructor(
    private readonly _props: IPanelProps,
    private readonly _load: () => Promise<Views>
  ) {
    super();
    this.id = 'cdf-auth-panel';
    this.addClass('jp-CdfAuth');
    this.title.caption = 'Cognite Data Fusion';
  }

  protected override render(): React.JSX.Element {
    const { _views: Views } = this;
    if (Views) {
      return <Views {...this._props} />;
    }
    // Loading takes a moment; only what goes wrong is worth words.
    return (
      <section className="jp-CdfAuth-section" aria-busy={!this._hasFailed}>
        {this._hasFailed && (
          <>
            <p role="alert">The panel could not be loaded from the server.</p>
            <button
              className="jp-mod-styled jp-CdfAuth-wide"
              onClick={() => void this._show()}
            >
              Try again
            </button>
          </>
        )}
      </section>
    );
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    // A layout that is restored can attach it as the one that is seen.
    if (this.isVisible) {
      void this._show();
    }
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    void this._show();
  }

  private async _show(): Promise<void> {
    if (this._views || this._isLoading) {
      return;
    }
    this._isLoading = true;
    try {
      this._views = await this._load();
      this._hasFailed = false;
    } catch {
      this._hasFailed = true;
    }
    this._isLoading = false;
    this.update();
  }

  private _views: Views | null = null;
  private _isLoading = false;
  private _hasFailed = false;
}
