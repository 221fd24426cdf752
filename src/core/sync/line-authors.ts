// Reads what `git blame --porcelain` says: for each line the commit that wrote it.

export interface LineAuthor {
  readonly commit: string;
  readonly author: string;
  /** Epoch ms. */
  readonly at: number;
  readonly summary: string;
}

/** By line number, from 1. A line that is in no commit is left out. */
export function parseLineAuthors(porcelain: string): Map<number, LineAuthor> {
  const commits = new Map<string, LineAuthor>();
  const lines = new Map<number, LineAuthor>();
  let commit = '';
  let line = 0;
  let facts: Record<string, string> = {};
  for (const text of porcelain.split('\n')) {
    const head = /^([0-9a-f]{40}|[0-9a-f]{64}) \d+ (\d+)(?: \d+)?$/.exec(text);
    if (head !== null) {
      [, commit = ''] = head;
      line = Number(head[2]);
      facts = {};
    } else if (text.startsWith('\t')) {
      const known = commits.get(commit) ?? {
        commit,
        author: facts['author'] ?? '',
        at: Number(facts['author-time'] ?? 0) * 1000,
        summary: facts['summary'] ?? '',
      };
      commits.set(commit, known);
      if (!/^0+$/.test(commit)) lines.set(line, known);
    } else {
      const [key = ''] = text.split(' ', 1);
      facts[key] = text.slice(key.length + 1);
    }
  }
  return lines;
}
