import { Signal } from '@lumino/signaling';
import type { ILeak, IOutputGuard } from '../../src/tokens';

/** A guard whose leaks a test sets. */
export class FakeGuard implements IOutputGuard {
  leaks: readonly ILeak[] = [];
  readonly calls: string[] = [];
  readonly changed: Signal<IOutputGuard, void> = new Signal(this);

  set(...leaks: ILeak[]): void {
    this.leaks = leaks;
    this.changed.emit();
  }

  clear(id: string): void {
    this.calls.push(`clear ${id}`);
  }

  async clearAndSave(id: string): Promise<void> {
    this.calls.push(`clearAndSave ${id}`);
  }

  keep(id: string): void {
    this.calls.push(`keep ${id}`);
  }
}
