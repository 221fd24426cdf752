// Problems of manifests as Markdown: the verdict on each file, then every
// problem with its place and way out.
import { compareDiagnostics } from '../../core/diagnostics/compare-diagnostics.ts';
import { problemCounts } from '../views/diagnostics.ts';
import { code, prose, row } from './markdown-text.ts';
import { fitted } from './markdown-sections.ts';
import type { Section } from './markdown-sections.ts';
import { posted } from './report.ts';
import type { Report } from './report.ts';

const icons = { error: '🔴', warning: '🟠', hint: '🟡' } as const;

/** For `validate`, and for a plan whose manifest is not accepted. */
export function verdictMarkdown(report: Report, maxLength: number): string {
  const { command, diagnostics, accepted } = report;
  const titled = report.name === null ? '' : ` · ${prose(report.name)}`;
  const verdict = accepted ? '✅ accepted' : '❌ not accepted';
  const head = [
    `<!-- jm2-${command}:${report.name ?? 'default'} -->`,
    `### jm2 ${command}${titled} · ${verdict} · ${problemCounts(diagnostics)}`,
  ].join('\n');
  return fitted(
    head,
    [diagnosticSection(report), files(report)],
    `<sub>${code(report.source)} · jm2 ${report.version}</sub>`,
    maxLength,
  );
}

export function diagnosticSection({ diagnostics, publicEnv }: Report): Section {
  const ranks = { error: 0, warning: 1, hint: 2 };
  const sorted = diagnostics.toSorted(
    (a, b) => ranks[a.severity] - ranks[b.severity] || compareDiagnostics(a, b),
  );
  return {
    open: ['**Problems**', '', row(['', 'place', 'problem', 'way out']), row(Array(4).fill('---'))],
    rows: sorted.map((told) => {
      const one = posted(told, publicEnv);
      const at = one.range === null ? '' : `:${one.range.start.line}:${one.range.start.column}`;
      return row([
        icons[one.severity],
        one.file === null && at === '' ? '' : code(`${one.file ?? ''}${at}`),
        `**${prose(one.summary)}** (${one.code})<br>${prose(one.detail, 500)}`,
        one.hint === null ? '' : prose(one.hint, 300),
      ]);
    }),
    close: [],
    noun: 'problems',
  };
}

function files({ files: verdicts }: Report): Section {
  return {
    open: [
      `<details><summary>Files (${verdicts.length})</summary>`,
      '',
      row(['file', 'verdict', 'jobs']),
      row(['---', '---', '---:']),
    ],
    rows: verdicts.map(({ file, accepted, jobs }) =>
      row([code(file), accepted ? 'accepted' : 'not accepted', jobs === null ? '' : String(jobs)]),
    ),
    close: ['', '</details>'],
    noun: 'files',
  };
}
