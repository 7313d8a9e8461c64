import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IClock } from '../shared/clock';
import type { ILeak, IOutputGuard } from '../tokens';
import type { IFinding } from './finding';
import { Kept } from './kept';
import type { INotebook, IOutput } from './notebook';

/** Looks for tokens in an output, in nbformat. */
export type Scan = (output: unknown) => readonly IFinding[];

/** Longest time that a browser's timer can be set to, in milliseconds; about 25 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What a notice is about: outputs by identity, since a cell that runs again has new ones. */
interface INotice extends ILeak {
  readonly outputs: ReadonlyMap<IOutput, readonly IFinding[]>;
  readonly stop: () => void;
}

/** Looks through the outputs of notebooks that are saved. It changes nothing by itself. */
export class OutputGuard implements IOutputGuard {
  constructor(private readonly _clock: IClock) {}

  get leaks(): readonly ILeak[] {
    return [...this._notices.values()];
  }

  get changed(): ISignal<IOutputGuard, void> {
    return this._changed;
  }

  /** Look through all outputs of `notebook`, which was saved just now; call `closed` when it goes. */
  check(notebook: INotebook, scan: Scan): void {
    const outputs = new Map<IOutput, readonly IFinding[]>();
    const cells: string[] = [];
    for (const { name, outputs: all } of notebook.cells) {
      const before = outputs.size;
      for (const output of all) {
        const findings = this._kept.without(output, scan(output.toJSON()));
        if (findings.length > 0) {
          outputs.set(output, findings);
        }
      }
      if (outputs.size > before) {
        cells.push(name);
      }
    }
    this._show(notebook, cells, outputs);
  }

  /** A cell that has run again, or was cleared by hand, needs no notice any more. */
  changedIn(notebook: INotebook): void {
    const notice = this._notices.get(notebook);
    if (notice) {
      const isThere = notebook.cells.some(({ outputs }) =>
        outputs.some(output => notice.outputs.has(output))
      );
      if (!isThere) {
        this._withdraw(notebook);
      }
    }
  }

  closed(notebook: INotebook): void {
    this._withdraw(notebook);
  }

  clear(id: string): void {
    const [notebook, notice] = this._find(id);
    if (!notebook || !notice) {
      return;
    }
    this._withdraw(notebook);
    for (const cell of notebook.cells) {
      // From the last one on: the places of those before it stay.
      for (let index = cell.outputs.length - 1; index >= 0; index--) {
        const output = cell.outputs[index];
        if (output && notice.outputs.has(output)) {
          cell.remove(index);
        }
      }
    }
  }

  async clearAndSave(id: string): Promise<void> {
    const [notebook] = this._find(id);
    this.clear(id);
    await notebook?.save();
  }

  keep(id: string): void {
    const [notebook, notice] = this._find(id);
    if (notebook && notice) {
      notice.outputs.forEach((findings, output) =>
        this._kept.add(output, findings)
      );
      this._withdraw(notebook);
    }
  }

  private _show(
    notebook: INotebook,
    cells: string[],
    outputs: INotice['outputs']
  ): void {
    const known = this._notices.get(notebook);
    if (known && isSame(known.outputs, outputs)) {
      return;
    }
    this._withdraw(notebook);
    if (outputs.size === 0) {
      return;
    }
    const ends = [...outputs.values()].flat().map(({ until }) => until);
    const until = Math.max(...ends);
    this._notices.set(notebook, {
      id: `leak-${++this._count}`,
      notebook: notebook.name,
      cells,
      until,
      outputs,
      // What has expired does no harm.
      stop: this._clock.schedule(
        () => this._withdraw(notebook),
        Math.min(until - this._clock.now(), LONGEST_TIMER)
      )
    });
    this._changed.emit();
  }

  private _withdraw(notebook: INotebook): void {
    this._notices.get(notebook)?.stop();
    if (this._notices.delete(notebook)) {
      this._changed.emit();
    }
  }

  private _find(id: string): [INotebook, INotice] | [] {
    return [...this._notices].find(([, notice]) => notice.id === id) ?? [];
  }

  private _count = 0;
  private readonly _notices = new Map<INotebook, INotice>();
  private readonly _kept = new Kept();
  private readonly _changed = new Signal<IOutputGuard, void>(this);
}

/** Whether the same tokens stand in the same outputs. */
function isSame(
  before: INotice['outputs'],
  after: INotice['outputs']
): boolean {
  return (
    before.size === after.size &&
    [...after].every(([output, findings]) => {
      const known = before.get(output)?.map(finding => finding.digest);
      return (
        known?.length === findings.length &&
        findings.every(finding => known.includes(finding.digest))
      );
    })
  );
}
