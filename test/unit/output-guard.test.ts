import { Signal } from '@lumino/signaling';
import type { IFinding } from '../../src/outputs/finding';
import { OutputGuard } from '../../src/outputs/guard';
import type { INotebook } from '../../src/outputs/notebook';
import { FakeClock } from '../fakes/clock';

/** An output whose text is the digests of the tokens in it. */
class Output {
  constructor(public tokens: number[]) {}

  toJSON(): unknown {
    return this.tokens;
  }
}

class Cell {
  constructor(
    readonly name: string,
    private readonly _changed: () => void,
    public outputs: Output[]
  ) {}

  remove(index: number): void {
    this.outputs.splice(index, 1);
    this._changed();
  }

  run(...outputs: Output[]): void {
    this.outputs = outputs;
    this._changed();
  }
}

class Notebook implements INotebook {
  constructor(...outputs: Output[][]) {
    this.cells = outputs.map(
      (own, index) =>
        new Cell(`cell [${index}]`, () => this.changed.emit(), own)
    );
  }

  readonly name = 'a.ipynb';
  readonly cells: Cell[];
  readonly saving: Signal<INotebook, void> = new Signal(this);
  readonly changed: Signal<INotebook, void> = new Signal(this);

  async save(): Promise<void> {
    this.saving.emit();
  }
}

const clean = () => new Output([]);

function create(...outputs: Output[][]) {
  const clock = new FakeClock();
  const scan = (output: unknown): IFinding[] =>
    (output as number[]).map(digest => ({
      digest,
      until: clock.now() + 60_000
    }));
  const guard = new OutputGuard(async () => scan, clock);
  const notebook = new Notebook(...outputs);
  guard.watch(notebook);
  const save = async (): Promise<void> => {
    await notebook.save();
    await clock.advance(0);
  };
  let changes = 0;
  guard.changed.connect(() => void changes++);
  const only = (): string => guard.leaks[0]!.id;
  return { clock, guard, notebook, save, only, changes: () => changes };
}

describe('a save', () => {
  it('names the notebook, its cells and how long the token works', async () => {
    const { clock, guard, save } = create(
      [clean()],
      [new Output([1])],
      [new Output([2])]
    );
    await save();
    expect(guard.leaks).toMatchObject([
      {
        notebook: 'a.ipynb',
        cells: ['cell [1]', 'cell [2]'],
        until: clock.now() + 60_000
      }
    ]);
  });

  it('of a notebook without tokens says nothing', async () => {
    const { guard, save, changes } = create([clean()], []);
    await save();
    expect([guard.leaks, changes()]).toEqual([[], 0]);
  });

  it('is not held up: nothing is looked at before the request is on its way', () => {
    const output = new Output([1]);
    const look = jest.spyOn(output, 'toJSON');
    const { notebook } = create([output]);
    notebook.saving.emit();
    expect(look).not.toHaveBeenCalled();
  });

  it('that finds the same says nothing new', async () => {
    const { save, only, changes } = create([new Output([1])]);
    await save();
    const id = only();
    await save();
    expect([only(), changes()]).toEqual([id, 1]);
  });

  it('that finds more says so', async () => {
    const { notebook, save, only } = create([new Output([1])]);
    await save();
    const id = only();
    notebook.cells[0]!.outputs[0]!.tokens = [1, 2];
    await save();
    expect(only()).not.toBe(id);
  });

  it('changes nothing', async () => {
    const { notebook, save } = create([new Output([1])]);
    const changed = jest.fn();
    notebook.changed.connect(changed);
    await save();
    expect(changed).not.toHaveBeenCalled();
  });
});

describe('clearing', () => {
  it('takes away the outputs with a token, and no others', async () => {
    const kept = [clean(), clean(), clean()];
    const { guard, notebook, save, only } = create(
      [new Output([1]), kept[0]!, new Output([2]), kept[1]!],
      [kept[2]!]
    );
    await save();
    guard.clear(only());
    expect(notebook.cells.map(({ outputs }) => outputs)).toEqual([
      kept.slice(0, 2),
      kept.slice(2)
    ]);
    expect(guard.leaks).toEqual([]);
  });

  it('leaves what a cell has given since', async () => {
    const { guard, notebook, save, only } = create(
      [new Output([1])],
      [new Output([2])]
    );
    await save();
    const newer = [clean(), new Output([3])];
    notebook.cells[0]!.run(...newer);
    guard.clear(only());
    expect(notebook.cells.map(({ outputs }) => outputs)).toEqual([newer, []]);
  });

  it('saves where that is wanted', async () => {
    const { clock, guard, notebook, save, only } = create([new Output([1])]);
    await save();
    const saved = jest.fn();
    notebook.saving.connect(saved);
    const id = only();
    guard.clear('no such leak');
    await guard.clearAndSave(id);
    await clock.advance(0);
    expect(saved).toHaveBeenCalledTimes(1);
    expect([notebook.cells[0]!.outputs, guard.leaks]).toEqual([[], []]);
  });
});

describe('keeping', () => {
  it('changes nothing, and is not asked again', async () => {
    const { guard, notebook, save, only } = create([new Output([1])]);
    await save();
    guard.keep(only());
    await save();
    expect(guard.leaks).toEqual([]);
    expect(notebook.cells[0]!.outputs).toHaveLength(1);
  });

  it('holds for that output only, and for the tokens that were in it', async () => {
    const { guard, notebook, save, only } = create([new Output([1])]);
    await save();
    guard.keep(only());
    notebook.cells[0]!.outputs[0]!.tokens = [1, 2];
    await save();
    expect(guard.leaks).toHaveLength(1);
    guard.keep(only());
    notebook.cells[0]!.run(new Output([1]));
    await save();
    expect(guard.leaks).toHaveLength(1);
  });
});

describe('a notice goes by itself', () => {
  it('when the cell has run again', async () => {
    const { guard, notebook, save } = create([new Output([1])]);
    await save();
    notebook.changed.emit();
    expect(guard.leaks).toHaveLength(1);
    notebook.cells[0]!.run(clean());
    expect(guard.leaks).toEqual([]);
  });

  it('when the next save finds nothing', async () => {
    const { guard, notebook, save } = create([new Output([1])]);
    await save();
    notebook.cells[0]!.outputs[0]!.tokens = [];
    await save();
    expect(guard.leaks).toEqual([]);
  });

  it('when the token has expired', async () => {
    const { clock, guard, save, changes } = create([new Output([1])]);
    await save();
    await clock.advance(60_000);
    expect([guard.leaks, changes()]).toEqual([[], 2]);
  });

  it('when the notebook is closed, also while it is looked through', async () => {
    const { clock, guard, notebook, save } = create([new Output([1])]);
    await save();
    guard.unwatch(notebook);
    expect(guard.leaks).toEqual([]);
    guard.watch(notebook);
    notebook.saving.emit();
    guard.unwatch(notebook);
    await clock.advance(0);
    expect(guard.leaks).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
