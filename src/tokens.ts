/**
 * The extension's public interfaces and their dependency-injection tokens. Access tokens, the OAuth ones,
 * live in `credentials/`; nothing here holds one.
 */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

/** Where to sign in and which cluster to use: one entry of the settings, checked and completed. */
export interface IConnection {
  /** Unique among the connections; its label. */
  readonly id: string;
  readonly label: string;
  /** Directory (tenant) id or domain in Entra ID. */
  readonly tenant: string;
  /** Application (client) id of the single-page application registration. */
  readonly clientId: string;
  /** Application (client) id that may use a device code; often the same. */
  readonly deviceClientId: string;
  readonly cluster: string;
  /** Base URL of the CDF API, without a trailing slash. */
  readonly baseUrl: string;
  /** Default scopes of a token for the cluster. */
  readonly scopes: readonly string[];
  /** The https authority under which users sign in. */
  readonly authority: string;
  /** OpenID provider metadata that replaces discovery, where the provider has none that a page can read. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** A fixed same-origin redirect page, registered with the application. */
  readonly redirectUri?: string;
  /** The project that is selected after the first sign-in. */
  readonly project?: string;
}

/** Something wrong that a person can put right. */
export interface IProblem {
  readonly code: string;
  /** What happened. */
  readonly message: string;
  /** What to do. */
  readonly action: string;
}

/** Who is signed in. */
export interface IAccount {
  readonly name: string;
  readonly username: string;
}

/** An application that the administrator lets people work as, without a sign-in. */
export interface IProfile {
  readonly name: string;
  /** What it is for; may be empty. */
  readonly description: string;
}

/** A sign-in session. The tokens stay with its holder. */
export interface ISession {
  /** Opaque; kernels name it when they ask. */
  readonly id: string;
  readonly account: IAccount;
  /** Who holds it: this tab, or the Jupyter server, which outlives it. */
  readonly holder: 'tab' | 'server';
  /** When the sign-in ends whatever is done, in milliseconds since the epoch; `null` where that isn't known. */
  readonly until: number | null;
  /** Where its refresh token is; what the server has in `memory` ends with the server. */
  readonly kept: 'tab' | 'memory' | 'file' | 'vault';
  /** The name of its profile, `null` where a person has signed in. */
  readonly profile: string | null;
  /** Why it gives no tokens, or `null` while it is good. A person signs in again; a profile is put right. */
  readonly problem: IProblem | null;
}

/** A sign-in in the provider's window that waits for the user. */
export interface IPendingWindow {
  readonly flow: 'interactive';
  /** Whether the window was seen to close; with some providers it can't be seen. */
  readonly windowClosed: boolean;
}

/** A sign-in with a device code (RFC 8628) that waits for the user. */
export interface IPendingDeviceCode {
  readonly flow: 'device-code';
  /** What the user types in; `null` until the provider has given it. */
  readonly code: string | null;
  /** Where the user types it in. */
  readonly page: string;
  /** When the code expires, in milliseconds since the epoch. */
  readonly until: number;
  /** Whether it moves the session of this tab to the server; it goes on as it is meanwhile. */
  readonly isMove: boolean;
}

/** A profile whose first token is being fetched. */
export interface IPendingProfile {
  readonly flow: 'profile';
  readonly name: string;
}

export type PendingSignIn =
  IPendingWindow | IPendingDeviceCode | IPendingProfile;

/** The ways in which a person signs in. */
export type FlowId = 'interactive' | 'device-code';

/** Signing in and out; a connection can have several sessions, one of which is selected. */
export interface ISessions {
  readonly connections: readonly IConnection[];
  /** What is wrong with the settings. */
  readonly problems: readonly IProblem[];
  /** The selected connection; `null` where none is configured. */
  readonly connection: IConnection | null;
  /** The session that serves the selected connection. */
  readonly session: ISession | null;
  /** Other sessions that could serve it. */
  readonly others: readonly ISession[];
  /** Profiles that can be used for the connection. */
  readonly profiles: readonly IProfile[];
  readonly pending: PendingSignIn | null;
  /** Why the last sign-in failed, until the next one starts. */
  readonly failure: IProblem | null;
  readonly changed: ISignal<ISessions, void>;

  selectConnection(id: string): void;
  /** Let another of the connection's sessions serve it. */
  selectSession(id: string): void;
  /** Start a sign-in; a pending one is called off. Failures land in `failure`. */
  signIn(flow: FlowId): Promise<void>;
  /** Let a profile serve the connection. Failures land in `failure`. */
  useProfile(name: string): Promise<void>;
  /**
   * Move the selected session of this tab to the Jupyter server, by a device code that the same person
   * enters. Failures land in `failure`, and then nothing has changed.
   */
  moveToServer(): Promise<void>;
  cancelSignIn(): void;
  /** End the selected session. */
  signOut(): Promise<void>;
}

/** The projects of the selected connection, and which one notebook code works in. */
export interface IProjects {
  readonly status: 'none' | 'loading' | 'loaded' | 'failed';
  /** Projects that CDF says the account may use; may be empty. */
  readonly names: readonly string[];
  readonly selected: string | null;
  readonly failure: IProblem | null;
  readonly changed: ISignal<IProjects, void>;

  /** @throws an error with a sentence for the user when `name` can't be a project's name. */
  select(name: string): void;
  reload(): Promise<void>;
}

/** How a kernel stands with the extension; those after `unreachable` can't be served at all. */
export type KernelState =
  | 'attaching'
  | 'attached'
  | 'waiting'
  | 'unreachable'
  | 'not-python'
  | 'old-python'
  | 'no-ipykernel'
  | 'other-version'
  | 'failed';

/**
 * Whom a kernel waits for: the user, who has to sign in; the sign-in service, which doesn't answer this tab;
 * the Jupyter server, which holds the session; or whoever holds a session that this page doesn't know.
 */
export type WaitsFor = 'sign-in' | 'provider' | 'server' | 'elsewhere';

/** One kernel as the panel shows it. */
export interface IKernelEntry {
  readonly id: string;
  /** The notebooks and consoles that use it. */
  readonly names: readonly string[];
  readonly state: KernelState;
  /** In the state `waiting`; `null` in others. */
  readonly waitsFor: WaitsFor | null;
  /** Why the sign-in service doesn't serve, where that is what it waits for. */
  readonly problem: IProblem | null;
  /** When it last received a token, in milliseconds since the epoch. */
  readonly lastServed: number | null;
}

/** The kernels of the open notebooks and consoles. */
export interface IKernels {
  readonly entries: readonly IKernelEntry[];
  readonly changed: ISignal<IKernels, void>;

  /** Let all kernels follow what is selected here, as if it had been chosen just now. */
  claim(): void;
}

/** A notebook that is saved with access tokens in its outputs, tokens that still work. */
export interface ILeak {
  readonly id: string;
  /** The notebook's name. */
  readonly notebook: string;
  /** Its cells by what stands beside them, for example "[5]". */
  readonly cells: readonly string[];
  /** When the last of the tokens expires, in milliseconds since the epoch. */
  readonly until: number;
}

/** Watches what notebooks are saved with. It changes nothing by itself. */
export interface IOutputGuard {
  readonly leaks: readonly ILeak[];
  readonly changed: ISignal<IOutputGuard, void>;

  /** Clear the outputs that show a token; the notebook isn't saved by that. */
  clear(id: string): void;
  clearAndSave(id: string): Promise<void>;
  /** Leave the outputs as they are, and say nothing of them again. */
  keep(id: string): void;
}

export const ISessions = new Token<ISessions>(
  'jupyterlab-cdf-auth:ISessions',
  'Sign-in sessions for Cognite Data Fusion.'
);

export const IProjects = new Token<IProjects>(
  'jupyterlab-cdf-auth:IProjects',
  'The CDF projects of the session and the selected one.'
);

export const IKernels = new Token<IKernels>(
  'jupyterlab-cdf-auth:IKernels',
  'The kernels that are served with tokens.'
);

export const IOutputGuard = new Token<IOutputGuard>(
  'jupyterlab-cdf-auth:IOutputGuard',
  'Finds access tokens in the outputs of notebooks that are saved.'
);
