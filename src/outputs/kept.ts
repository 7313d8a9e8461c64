import type { IFinding } from './finding';
import type { IOutput } from './notebook';

/** What the user wants to keep: tokens in outputs of which there is to be no notice again. */
export class Kept {
  add(output: IOutput, findings: readonly IFinding[]): void {
    const known = this._digests.get(output) ?? new Set<number>();
    findings.forEach(({ digest }) => known.add(digest));
    this._digests.set(output, known);
  }

  /** The findings of `output` that the user hasn't seen yet. */
  without(output: IOutput, findings: readonly IFinding[]): IFinding[] {
    const known = this._digests.get(output);
    return findings.filter(({ digest }) => !known?.has(digest));
  }

  /** By identity: a cell that runs again has new outputs. */
  private readonly _digests = new WeakMap<IOutput, Set<number>>();
}
