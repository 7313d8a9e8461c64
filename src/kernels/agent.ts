import type { IAgentSource } from './finder';

/** The agent as the build packs it from `kernel/cdf_auth`, a chunk of its own. */
export class PackedAgent implements IAgentSource {
  get code(): string | null {
    return this._code;
  }

  async load(): Promise<string> {
    this._code ??= (await import('./agent.json')).bootstrap;
    return this._code;
  }

  private _code: string | null = null;
}
