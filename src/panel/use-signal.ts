import type { ISignal } from '@lumino/signaling';
import { useEffect, useReducer } from 'react';
import type { IClock } from '../shared/clock';

/** Milliseconds after which "2 min ago" is worded anew. */
const REPHRASE_AFTER = 30_000;

/** Render again whenever `signal` is emitted. */
export function useSignal<T>(signal: ISignal<T, unknown>): void {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    signal.connect(render);
    return () => {
      signal.disconnect(render);
    };
  }, [signal]);
}

/** Render again from time to time, for words that depend on the time. */
export function useTime(clock: IClock, every = REPHRASE_AFTER): number {
  const [count, render] = useReducer((before: number) => before + 1, 0);
  useEffect(() => clock.schedule(render, every), [clock, count, every]);
  return clock.now();
}
