/** One output of a cell. */
export interface IOutput {
  toJSON(): unknown;
}

/** A code cell. */
export interface ICell {
  /** What stands beside it, "[5]", or "number 3" where nothing does. */
  readonly name: string;
  readonly outputs: readonly IOutput[];
  /** Take one output away; the notebook is dirty then. */
  remove(index: number): void;
}

/** An open notebook, as far as its outputs are concerned. */
export interface INotebook {
  readonly name: string;
  readonly cells: readonly ICell[];
  save(): Promise<void>;
}
