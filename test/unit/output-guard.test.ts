import type { IFinding } from '../../src/outputs/finding';
import { OutputGuard } from '../../src/outputs/guard';
import { LateGuard } from '../../src/outputs/late-guard';
import type { INotebook } from '../../src/outputs/notebook';
import { FakeClock, settle } from '../fakes/clock';
import { FakeGuard } from '../fakes/guard';

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
      (own, index) => new Cell(`cell [${index}]`, () => this.changed(), own)
    );
  }

  readonly name = 'a.ipynb';
  readonly cells: Cell[];
  changed: () => void = () => undefined;
  saves = 0;

  async save(): Promise<void> {
    this.saves++;
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
  const guard = new OutputGuard(clock);
  const notebook = new Notebook(...outputs);
  notebook.changed = () => guard.changedIn(notebook);
  const save = (): void => guard.check(notebook, scan);
  let changes = 0;
  guard.changed.connect(() => {
    changes++;
  });
  const only = (): string => guard.leaks[0]!.id;
  return { clock, guard, notebook, save, only, changes: () => changes };
}

describe('a save', () => {
  it('names the notebook, its cells and how long the token works', () => {
    const { clock, guard, save } = create(
      [clean()],
      [new Output([1])],
      [new Output([2])]
    );
    save();
    expect(guard.leaks).toMatchObject([
      {
        notebook: 'a.ipynb',
        cells: ['cell [1]', 'cell [2]'],
        until: clock.now() + 60_000
      }
    ]);
  });

  it('of a notebook without tokens says nothing', () => {
    const { guard, save, changes } = create([clean()], []);
    save();
    expect([guard.leaks, changes()]).toEqual([[], 0]);
  });

  it('that finds the same says nothing new', () => {
    const { save, only, changes } = create([new Output([1])]);
    save();
    const id = only();
    save();
    expect([only(), changes()]).toEqual([id, 1]);
  });

  it('that finds more says so', () => {
    const { notebook, save, only } = create([new Output([1])]);
    save();
    const id = only();
    notebook.cells[0]!.outputs[0]!.tokens = [1, 2];
    save();
    expect(only()).not.toBe(id);
  });

  it('changes nothing', () => {
    const output = new Output([1]);
    const { notebook, save } = create([output]);
    const changed = jest.spyOn(notebook, 'changed');
    save();
    expect(changed).not.toHaveBeenCalled();
    expect(notebook.cells[0]!.outputs).toEqual([output]);
  });
});

describe('clearing', () => {
  it('takes away the outputs with a token, and no others', () => {
    const kept = [clean(), clean(), clean()];
    const { guard, notebook, save, only } = create(
      [new Output([1]), kept[0]!, new Output([2]), kept[1]!],
      [kept[2]!]
    );
    save();
    guard.clear(only());
    expect(notebook.cells.map(({ outputs }) => outputs)).toEqual([
      kept.slice(0, 2),
      kept.slice(2)
    ]);
    expect(guard.leaks).toEqual([]);
  });

  it('leaves what a cell has given since', () => {
    const { guard, notebook, save, only } = create(
      [new Output([1])],
      [new Output([2])]
    );
    save();
    const newer = [clean(), new Output([3])];
    notebook.cells[0]!.run(...newer);
    guard.clear(only());
    expect(notebook.cells.map(({ outputs }) => outputs)).toEqual([newer, []]);
  });

  it('saves only where that is wanted', async () => {
    const { guard, notebook, save, only } = create([new Output([1])]);
    save();
    guard.clear('no such leak');
    expect(guard.leaks).toHaveLength(1);
    guard.clear(only());
    expect(notebook.saves).toBe(0);
    notebook.cells[0]!.run(new Output([1]));
    save();
    await guard.clearAndSave(only());
    expect(notebook.saves).toBe(1);
    expect([notebook.cells[0]!.outputs, guard.leaks]).toEqual([[], []]);
  });
});

describe('keeping', () => {
  it('changes nothing, and is not asked again', () => {
    const { guard, notebook, save, only } = create([new Output([1])]);
    save();
    guard.keep(only());
    save();
    expect(guard.leaks).toEqual([]);
    expect(notebook.cells[0]!.outputs).toHaveLength(1);
  });

  it('holds for that output only, and for the tokens that were in it', () => {
    const { guard, notebook, save, only } = create([new Output([1])]);
    save();
    guard.keep(only());
    notebook.cells[0]!.outputs[0]!.tokens = [1, 2];
    save();
    expect(guard.leaks).toHaveLength(1);
    guard.keep(only());
    notebook.cells[0]!.run(new Output([1]));
    save();
    expect(guard.leaks).toHaveLength(1);
  });
});

describe('a notice goes by itself', () => {
  it('when the cell has run again', () => {
    const { guard, notebook, save } = create([new Output([1])]);
    save();
    notebook.changed();
    expect(guard.leaks).toHaveLength(1);
    notebook.cells[0]!.run(clean());
    expect(guard.leaks).toEqual([]);
  });

  it('when the next save finds nothing', () => {
    const { guard, notebook, save } = create([new Output([1])]);
    save();
    notebook.cells[0]!.outputs[0]!.tokens = [];
    save();
    expect(guard.leaks).toEqual([]);
  });

  it('when the token has expired', async () => {
    const { clock, guard, save, changes } = create([new Output([1])]);
    save();
    await clock.advance(60_000);
    expect([guard.leaks, changes()]).toEqual([[], 2]);
  });

  it('when the notebook is closed', () => {
    const { clock, guard, notebook, save } = create([new Output([1])]);
    save();
    guard.closed(notebook);
    expect([guard.leaks, clock.pending]).toEqual([[], 0]);
  });
});

describe('what is loaded late', () => {
  function createLate() {
    const clock = new FakeClock();
    const guard = new FakeGuard();
    const told: string[] = [];
    let isOffline = false;
    const load = jest.fn(async () => {
      if (isOffline) {
        throw new Error('offline');
      }
      return {
        guard,
        remember: () => void told.push('token'),
        check: (notebook: string) => void told.push(notebook)
      };
    });
    const late = new LateGuard<string>(load, clock);
    const setOffline = (value: boolean): void => void (isOffline = value);
    return { clock, guard, told, load, late, setOffline };
  }

  it('is not loaded before there is a token or a save', async () => {
    const { load, late, told } = createLate();
    await settle();
    expect([load.mock.calls.length, late.leaks]).toEqual([0, []]);
    late.remember({} as any);
    late.remember({} as any);
    await settle();
    expect([load.mock.calls.length, told]).toEqual([1, ['token', 'token']]);
  });

  it('holds no save up: it looks when the request is on its way', async () => {
    const { clock, late, told } = createLate();
    late.remember({} as any);
    await settle();
    late.saving('a.ipynb');
    await settle();
    expect(told).toEqual(['token']);
    await clock.advance(0);
    expect(told).toEqual(['token', 'a.ipynb']);
  });

  it('is asked for again at the next save when it could not be loaded', async () => {
    const { clock, late, told, setOffline } = createLate();
    setOffline(true);
    late.saving('a.ipynb');
    await clock.advance(0);
    expect(told).toEqual([]);
    setOffline(false);
    late.saving('a.ipynb');
    await clock.advance(0);
    expect(told).toEqual(['a.ipynb']);
  });

  it('speaks for the guard', async () => {
    const { clock, guard, late } = createLate();
    const changed = jest.fn();
    late.changed.connect(changed);
    late.clear('too early');
    late.saving('a.ipynb');
    await clock.advance(0);
    const leak = {
      id: 'l',
      notebook: 'a.ipynb',
      cells: ['cell [1]'],
      until: 1
    };
    guard.set(leak);
    expect([changed.mock.calls.length, late.leaks]).toEqual([1, [leak]]);
    late.clear('l');
    await late.clearAndSave('l');
    late.keep('l');
    expect(guard.calls).toEqual(['clear l', 'clearAndSave l', 'keep l']);
  });
});
