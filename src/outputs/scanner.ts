import type { IConnection } from '../tokens';
import type { IFinding } from './finding';
import { findJwts, normalAudience } from './jwt';
import { visitTexts } from './texts';

/** Which tokens are looked for. */
export interface IWanted {
  /** Finds those that this tab has handed out. */
  readonly findKnown: (text: string) => IFinding[];
  /** Also those that others hold, the Jupyter server or another tab, by whom they are for. */
  readonly audiences: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The tokens that stand in a cell's output, in nbformat, and still work. */
export function scan(output: unknown, wanted: IWanted): IFinding[] {
  const { findKnown, audiences, now } = wanted;
  const found = new Map<number, IFinding>();
  visitTexts(output, text => {
    const findings = [...findKnown(text), ...findJwts(text, audiences, now)];
    findings.forEach(finding => found.set(finding.digest, finding));
  });
  return [...found.values()];
}

/** Whom tokens of these connections are for. */
export function audiencesOf(
  connections: readonly IConnection[]
): ReadonlySet<string> {
  return new Set(
    connections.flatMap(({ baseUrl, scopes }) =>
      [baseUrl, ...scopes.map(scope => scope.replace(/\/[^/]*$/, ''))].map(
        normalAudience
      )
    )
  );
}
