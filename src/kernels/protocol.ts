/**
 * The messages between a kernel's agent and the holder of a session, version 1: see `docs/protocol.md`.
 * Pure: it builds and reads, and knows no transport.
 */
import type { IProblem } from '../tokens';

export const PROTOCOL_VERSION = 1;

/** The key of our content in `comm_info_request` and its reply. */
export const CONTENT_KEY = 'cdf_auth';

/** The fixed comm id of the agent's questions. */
export const COMM_ID = 'cdf-auth';

/** Longest id and scope that is read, in characters, most scopes, and most open questions. */
const MAX_TEXT = 512;
const MAX_SCOPES = 32;
const MAX_OPEN = 200;

/** How an installation of the agent can go: `docs/protocol.md`. */
const OUTCOMES = ['ok', 'python', 'kernel', 'version', 'failed'] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** A kernel asks for a token. */
export interface ITokenRequest {
  id: string;
  instance: string;
  /** The session that must answer, or `null` for whichever is selected. */
  session: string | null;
  /** Empty for the session's default scopes. */
  scopes: string[];
  /** Seconds that the answer must be good for, or `null` for the holder's margin. */
  minTtl: number | null;
  /** The kernel's wall clock when it asked, in seconds. */
  sent: number;
  /** Seconds after which the question is void. */
  timeout: number;
}

/** The context that notebook code works in. */
export interface IContext {
  session: string;
  connection: string;
  cluster: string;
  project: string | null;
  baseUrl: string;
  account: string;
  scopes: readonly string[];
  /** When the user chose it, ISO 8601. */
  since: string;
}

/** What the agent acknowledges. */
export interface IAcknowledgement {
  ok: boolean;
  instance: string;
  code?: string;
  /** The kernel's wall clock in seconds, on `hello` only. */
  now?: number;
  /** Whom the agent follows, on `hello` only. */
  session?: string | null;
  /** When the context was chosen that it follows, in milliseconds since the epoch; on `hello` only. */
  since: number | null;
  /** The questions that are open in the agent, on `hello` only: a server may have dropped them on iopub. */
  open: ITokenRequest[];
}

/** A holder's answer to a request. */
export type Answer =
  | {
      op: 'token';
      session: string;
      scopes: readonly string[];
      /** The access token itself. */
      token: string;
      expiresIn: number;
      lifetime: number;
    }
  | {
      op: 'waiting';
      session: string | null;
      /** A code, which the kernel turns into words. */
      reason: string;
      /** What passes by itself, for the panel: it isn't sent. `null` where a person has to sign in. */
      problem: IProblem | null;
    }
  | {
      op: 'error';
      session: string | null;
      code: string;
      message: string;
      action: string;
    };

/** A message's content on the wire. */
export type Content = Record<string, unknown>;

/** Read the data of a `comm_msg`; `null` for whatever isn't a request of this version. */
export function readRequest(data: unknown): ITokenRequest | null {
  const raw = data as Partial<Record<string, unknown>> | null | undefined;
  if (raw?.['v'] !== PROTOCOL_VERSION || raw['op'] !== 'token') {
    return null;
  }
  const { id, instance, session, scopes, min_ttl, sent, timeout } = raw;
  if (
    !isText(id) ||
    !isText(instance) ||
    !(session === null || isText(session)) ||
    !(Array.isArray(scopes) && scopes.length <= MAX_SCOPES) ||
    !scopes.every(isText) ||
    !(min_ttl === null || isSeconds(min_ttl)) ||
    !isSeconds(sent) ||
    !isSeconds(timeout)
  ) {
    return null;
  }
  return { id, instance, session, scopes, minTtl: min_ttl, sent, timeout };
}

/** Read a reply's content; `null` where no agent has acknowledged. */
export function readAcknowledgement(content: unknown): IAcknowledgement | null {
  const raw = (content as Content | null)?.[CONTENT_KEY] as Content | null;
  if (
    typeof raw !== 'object' ||
    raw === null ||
    typeof raw['ok'] !== 'boolean' ||
    !isText(raw['instance'])
  ) {
    return null;
  }
  return {
    ok: raw['ok'],
    instance: raw['instance'],
    code: isText(raw['code']) ? raw['code'] : undefined,
    now: isSeconds(raw['now']) ? raw['now'] : undefined,
    session: isText(raw['session']) ? raw['session'] : null,
    since: readTime(raw['since']),
    open: readOpen(raw['open'])
  };
}

/**
 * Read how the installation went from the content of an `execute_reply`; `null` where it doesn't say.
 *
 * The value of the expression comes as Python would write it: `'ok'`.
 */
export function readOutcome(content: unknown): Outcome | null {
  const expressions = at(content, 'user_expressions');
  const data = at(at(expressions, CONTENT_KEY), 'data');
  const text = at(data, 'text/plain');
  return OUTCOMES.find(outcome => text === `'${outcome}'`) ?? null;
}

/** Ask whether there is an agent. */
export function hello(holder: string): Content {
  return wrap('hello', { holder });
}

/** Whether a kernel has answered a greeting without an agent's acknowledgement. */
export function isUnheardHello(content: Content, reply: unknown): boolean {
  const isHello = at(content[CONTENT_KEY], 'op') === 'hello';
  return isHello && reply !== null && at(reply, CONTENT_KEY) === undefined;
}

/** Tell the agent what the user has selected; `settled` once the kernel has been idle for a while. */
export function context(
  instance: string,
  selected: IContext,
  settled: boolean
): Content {
  const { baseUrl, ...rest } = selected;
  return wrap('context', { instance, ...rest, base_url: baseUrl, settled });
}

/** Answer the request; a token with the time by which the agent tells how old it is when it arrives. */
export function answer(
  { instance, id, sent }: ITokenRequest,
  what: Answer
): Content {
  if (what.op === 'token') {
    const { op, expiresIn, ...rest } = what;
    return wrap(op, { instance, id, ...rest, expires_in: expiresIn, sent });
  }
  if (what.op === 'waiting') {
    const { op, session, reason } = what;
    return wrap(op, { instance, id, session, reason });
  }
  const { op, ...rest } = what;
  return wrap(op, { instance, id, ...rest });
}

/** The user has signed out of `session`, or of all where it is `null`. */
export function bye(instance: string, session: string | null): Content {
  return wrap('bye', { instance, session });
}

function wrap(op: string, fields: Content): Content {
  return { [CONTENT_KEY]: { v: PROTOCOL_VERSION, op, ...fields } };
}

/** A field of something that came from outside. */
function at(value: unknown, name: string): unknown {
  return typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, name)
    ? (value as Content)[name]
    : undefined;
}

function readTime(value: unknown): number | null {
  const time = isText(value) ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? null : time;
}

/** Whatever isn't a question is left out: an agent of an earlier release tells none at all. */
function readOpen(value: unknown): ITokenRequest[] {
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  return list.slice(0, MAX_OPEN).flatMap(data => readRequest(data) ?? []);
}

function isText(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT
  );
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
