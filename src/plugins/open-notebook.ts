import type { ICellModel, ICodeCellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { PathExt } from '@jupyterlab/coreutils';
import type { ICell, INotebook, IOutput } from '../outputs/notebook';

/** An open notebook, however many views of it there are. */
export type NotebookContext = NotebookPanel['context'];

/** A notebook of JupyterLab as the guard of outputs sees it. */
export class OpenNotebook implements INotebook {
  constructor(private readonly _context: NotebookContext) {}

  get name(): string {
    return PathExt.basename(this._context.path);
  }

  get cells(): readonly ICell[] {
    const models = Array.from(this._context.model.cells);
    return models.flatMap((model, index) =>
      isCode(model) ? new CodeCell(model, index) : []
    );
  }

  async save(): Promise<void> {
    await this._context.save();
  }
}

class CodeCell implements ICell {
  constructor(
    private readonly _model: ICodeCellModel,
    private readonly _index: number
  ) {}

  get name(): string {
    const { executionCount } = this._model;
    return executionCount === null
      ? `number ${this._index + 1}`
      : `[${executionCount}]`;
  }

  get outputs(): readonly IOutput[] {
    const { outputs } = this._model;
    return Array.from({ length: outputs.length }, (_, i) => outputs.get(i));
  }

  remove(index: number): void {
    // By way of the shared model: whoever edits the notebook too sees it go.
    this._model.sharedModel.updateOutputs(index, index + 1, []);
  }
}

function isCode(model: ICellModel): model is ICodeCellModel {
  return model.type === 'code';
}
