// Which jobs are meant by names, shell-style patterns, tags and words. A name
// that is no pattern and not in the list may be a former one: that is left to
// whoever knows former names.

export interface Selectable {
  readonly name: string;
  readonly tags: readonly string[];
  readonly description: string | null;
}

export interface Selection {
  /** Names and patterns (`web-*`, `job-?`, `[ab]*`); empty: all jobs that the rest lets through. */
  readonly names: readonly string[];
  /** A job must have all of them. */
  readonly tags: readonly string[];
  /** Words to be found in name, description or tags, without regard to case; null: any. */
  readonly grep: string | null;
}

export interface Selected {
  /** In the order of the list. */
  readonly names: readonly string[];
  /** Names that are no patterns and name no job of the list. */
  readonly unknown: readonly string[];
  /** Patterns that no job of the list matches. */
  readonly idle: readonly string[];
}

export function selectJobs(jobs: readonly Selectable[], selection: Selection): Selected {
  const patterns = selection.names.map((text) => ({ text, matches: matcher(text) }));
  const words = selection.grep?.toLowerCase() ?? null;
  const names = jobs
    .filter(({ name }) => patterns.length === 0 || patterns.some(({ matches }) => matches(name)))
    .filter(({ tags }) => selection.tags.every((tag) => tags.includes(tag)))
    .filter((job) => words === null || textOf(job).includes(words))
    .map(({ name }) => name);
  const idle = patterns.filter(({ matches }) => !jobs.some(({ name }) => matches(name)));
  return {
    names,
    unknown: idle.map(({ text }) => text).filter((text) => !isPattern(text)),
    idle: idle.map(({ text }) => text).filter(isPattern),
  };
}

export function isPattern(text: string): boolean {
  return /[*?[\]]/.test(text);
}

function textOf({ name, description, tags }: Selectable): string {
  return [name, description ?? '', ...tags].join(' ').toLowerCase();
}

/** Names are unique without regard to case, and are found that way. */
function matcher(text: string): (name: string) => boolean {
  const wanted = text.toLowerCase();
  if (!isPattern(wanted)) return (name) => name.toLowerCase() === wanted;
  const source = wanted.replaceAll(/\[[^\]]*\]|[\s\S]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length > 2) return set(part.slice(1, -1));
    return literal(part);
  });
  const expression = new RegExp(`^${source}$`, 's');
  return (name) => expression.test(name.toLowerCase());
}

/** `a-c` is a range, as in a shell; a leading `!` or `^` excludes. */
function set(members: string): string {
  const isExcluding = /^[!^]./.test(members);
  const said = (isExcluding ? members.slice(1) : members).replaceAll(/[\\\]^]/g, '\\$&');
  // A range that runs backwards matches nothing in a shell.
  const isBackwards = /(.)-(.)/s.exec(said);
  if (isBackwards !== null && (isBackwards[1] ?? '') > (isBackwards[2] ?? '')) return '(?!)';
  return `[${isExcluding ? '^' : ''}${said}]`;
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
