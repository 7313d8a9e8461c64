import type { Page, WebSocketRoute } from '@playwright/test';
import { expect } from '@playwright/test';

/** The websockets of a page's kernels, which can be cut. */
export class Sockets {
  /** Must be called before the page is opened. */
  static async of(page: Page): Promise<Sockets> {
    const sockets = new Sockets();
    await page.routeWebSocket(/\/api\/kernels\/.*\/channels/, socket =>
      sockets._onOpened(socket)
    );
    return sockets;
  }

  /** Close what is open, and refuse whatever is opened until `restore`. */
  async cut(): Promise<void> {
    this._isCut = true;
    this._refused = 0;
    const pairs = [...this._open];
    this._open.clear();
    for (const [socket, server] of pairs) {
      await server.close();
      await socket.close({ code: 3001, reason: 'cut' });
    }
  }

  restore(): void {
    this._isCut = false;
  }

  /** Resolves when the page has tried to connect in vain: by then the server knows that it had gone. */
  async failed(): Promise<void> {
    await expect.poll(() => this._refused).toBeGreaterThan(0);
  }

  private _onOpened(socket: WebSocketRoute): void {
    if (this._isCut) {
      this._refused += 1;
      void socket.close({ code: 3001, reason: 'cut' });
      return;
    }
    this._open.set(socket, socket.connectToServer());
  }

  private _isCut = false;
  private _refused = 0;
  private readonly _open = new Map<WebSocketRoute, WebSocketRoute>();
}

/** Count the tokens that a page brings to kernels; must be called before the page is opened. */
export function countTokens(page: Page): { readonly tokens: number } {
  const count = { tokens: 0 };
  page.on('websocket', socket =>
    socket.on('framesent', ({ payload }) => {
      if (payload.toString('latin1').includes('"op":"token"')) {
        count.tokens += 1;
      }
    })
  );
  return count;
}
