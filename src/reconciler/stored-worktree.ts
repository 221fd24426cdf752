// Which of file and commit the daemon took the manifest from, for commands that
// look beside it or while none runs.
const worktreeFact = 'source.worktree';

export function readWorktree(store: { fact(key: string): string | null }): 'files' | 'committed' {
  return store.fact(worktreeFact) === 'committed' ? 'committed' : 'files';
}

export function writeWorktree(
  store: { fact(key: string): string | null; setFact(key: string, value: string | null): void },
  worktree: 'files' | 'committed',
): void {
  if (readWorktree(store) === worktree) return;
  store.setFact(worktreeFact, worktree === 'committed' ? worktree : null);
}
