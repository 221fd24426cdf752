// What is not as it was applied, class by class, with what helps.
import type { DriftIgnore } from '../../core/manifest/job.ts';
import type { DriftClass, DriftItem, IgnoredItem } from '../../core/sync/drift.ts';
import type { Style, Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { wrapped } from './wrapped.ts';

const shownMax = 20;

const heads: Readonly<Record<DriftClass, readonly [words: string, style: Style]>> = {
  expected: ['on purpose', 'dim'],
  stale_override: ['pauses that were forgotten', 'yellow'],
  external: ['changed behind jm2, or not scheduled', 'red'],
  environment: ['the host has changed', 'red'],
  source: ['pending: the file says something else', 'yellow'],
  behaviour: ['jobs that did not run as their schedules say', 'red'],
};

export function driftText(
  found: {
    readonly revision: number;
    readonly drift: boolean;
    readonly items: readonly DriftItem[];
    readonly ignored: number;
    readonly ignoredItems: readonly IgnoredItem[];
    readonly ignoresOver: readonly DriftIgnore[];
  },
  terminal: Terminal,
): string {
  const lines: string[] = [];
  for (const [kind, [words, style]] of Object.entries(heads)) {
    const items = found.items.filter((item) => item.class === kind);
    if (items.length === 0) continue;
    lines.push(`${terminal.style(style, kind)}  ${words}`);
    for (const { job, detail, remedy } of items.slice(0, shownMax)) {
      const text = `${job === null ? '' : `${oneLine(job)}: `}${oneLine(detail)}`;
      lines.push(`  ${wrapped(text, '    ', terminal).slice(4)}`);
      if (remedy !== null) {
        const way = wrapped(`way out: ${oneLine(remedy)}`, '      ', terminal);
        lines.push(terminal.style('dim', way));
      }
    }
    if (items.length > shownMax) lines.push(`  and ${items.length - shownMax} more (--json)`);
    lines.push('');
  }
  lines.push(
    ...ignoredLines(found.ignoredItems, terminal),
    ...overLines(found.ignoresOver, terminal),
  );
  const ignored = found.ignored === 0 ? '' : ` (${found.ignored} ignored)`;
  const end = found.drift
    ? terminal.style('red', 'There is drift')
    : terminal.style('green', 'No drift');
  lines.push(`${end}: compared with revision ${found.revision}${ignored}.`);
  return lines.join('\n');
}

function ignoredLines(items: readonly IgnoredItem[], terminal: Terminal): string[] {
  if (items.length === 0) return [];
  const lines = items
    .slice(0, shownMax)
    .map(({ job, class: kind, detail, owner, reason, until }) => {
      const what = `${job === null ? '' : `${oneLine(job)}: `}${oneLine(detail)}`;
      const text = `${kind} ${what} (until ${until}, ${oneLine(owner)}: ${oneLine(reason)})`;
      return `  ${wrapped(text, '    ', terminal).slice(4)}`;
    });
  if (items.length > shownMax) lines.push(`  and ${items.length - shownMax} more (--json)`);
  return [`${terminal.style('dim', 'ignored')}  by drift.ignore of the manifest`, ...lines, ''];
}

function overLines(ignores: readonly DriftIgnore[], terminal: Terminal): string[] {
  if (ignores.length === 0) return [];
  const lines = ignores.slice(0, shownMax).map(({ path, owner, reason, until }) => {
    const text = `${oneLine(path)} since ${until} (${oneLine(owner)}: ${oneLine(reason)})`;
    return `  ${wrapped(text, '    ', terminal).slice(4)}`;
  });
  if (ignores.length > shownMax) lines.push(`  and ${ignores.length - shownMax} more (--json)`);
  const way = terminal.style(
    'dim',
    '      way out: mend it, or agree on a later day; else take the entry out',
  );
  return [
    `${terminal.style('yellow', 'over')}  entries of drift.ignore that cover nothing any more`,
    ...lines,
    way,
    '',
  ];
}
