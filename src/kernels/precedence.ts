import type { IAcknowledgement, IContext } from './protocol';

/**
 * Whether a kernel may be told of `context` without anybody having asked for it just now: a tab that is
 * merely opened or reloaded must not take the kernel away from a newer choice that was made elsewhere.
 *
 * @param followed - what the agent says that it follows.
 */
export function precedes(
  context: IContext,
  { session, since }: Pick<IAcknowledgement, 'session' | 'since'>
): boolean {
  // An agent of an earlier release doesn't say since when.
  if (!session || since === null) {
    return true;
  }
  const ours = Date.parse(context.since);
  // Several tabs can have selected one session of the server, each with a project of its own.
  return session === context.session ? ours >= since : ours > since;
}
