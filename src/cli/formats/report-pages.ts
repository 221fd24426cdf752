// A report for other readers: Markdown for a page or a chat, HTML for a mail, CSV for
// a table. HTML and CSV stand alone and load nothing.
import {
  reportColumns,
  reportLines,
  spanWords,
  standingOut,
  trendWords,
  type ShownReport,
} from '../views/report.ts';
import { code, prose, row } from './markdown-text.ts';
import type { TextFormat } from './text-format.ts';

export function reportPage(
  format: Exclude<TextFormat, 'human'>,
  report: ShownReport,
  zone: string,
): string {
  switch (format) {
    case 'markdown':
      return markdownPage(report, zone);
    case 'html':
      return htmlPage(report, zone);
    case 'csv':
      return csvTable(report);
  }
}

function markdownPage(report: ShownReport, zone: string): string {
  const columns = reportColumns(report.of);
  return [
    '## Report',
    '',
    prose(spanWords(report, zone), 400),
    '',
    row(columns.map(({ header }) => header.toLowerCase())),
    row(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...reportLines(report).map((line) =>
      row(columns.map((column, at) => (at === 0 ? code : prose)(column.cell(line)))),
    ),
    '',
    ...standingOut(report).map(([label, words]) => `- **${label}** ${prose(words, 600)}`),
    ...report.faults.map((fault) => `- ${prose(fault)}`),
  ].join('\n');
}

function htmlPage(report: ShownReport, zone: string): string {
  const columns = reportColumns(report.of);
  const cellsOf = (texts: readonly string[], tag: 'th' | 'td'): string =>
    texts
      .map((text, at) => {
        const right = columns[at]?.align === 'right' ? ' style="text-align: right"' : '';
        return `<${tag}${right}>${escaped(text)}</${tag}>`;
      })
      .join('');
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><title>Report</title>',
    '<style>body { font: 15px system-ui, sans-serif; margin: 2em } table { border-collapse: collapse }',
    'th, td { border-bottom: 1px solid #ccc; padding: 4px 10px; text-align: left }',
    '.worse td { background: #fdecea } .better td { background: #eaf6ec }</style></head><body>',
    '<h1>Report</h1>',
    `<p>${escaped(spanWords(report, zone))}</p>`,
    `<table><thead><tr>${cellsOf(
      columns.map(({ header }) => header.toLowerCase()),
      'th',
    )}</tr></thead><tbody>`,
    ...reportLines(report).map(
      (line) =>
        `<tr class="${line.trend.verdict}">${cellsOf(
          columns.map((column) => column.cell(line)),
          'td',
        )}</tr>`,
    ),
    '</tbody></table>',
    '<ul>',
    ...standingOut(report).map(
      ([label, words]) => `<li><b>${escaped(label)}</b> ${escaped(words)}</li>`,
    ),
    ...report.faults.map((fault) => `<li>${escaped(fault)}</li>`),
    '</ul>',
    '</body></html>',
  ].join('\n');
}

/** Numbers as they are: milliseconds, counts, a rate from 0 to 1. Without the line for all. */
function csvTable(report: ShownReport): string {
  const header = [
    report.of === 'JOB' ? 'job' : 'manifest',
    ...figureNames,
    ...figureNames.map((name) => `before_${name}`),
    'trend',
    'because',
  ];
  const lines = report.rows.map((line) => [
    line.name,
    ...figureNames.map((name) => String(line[name] ?? '')),
    ...figureNames.map((name) => String(line.before[name] ?? '')),
    line.trend.verdict,
    trendWords(line),
  ]);
  return [header, ...lines].map((cells) => cells.map(csvCell).join(',')).join('\n');
}

const figureNames = [
  'runs',
  'succeeded',
  'failed',
  'canceled',
  'successRate',
  'p50Ms',
  'p95Ms',
  'maxMs',
  'lateMaxMs',
  'retries',
  'runningMs',
  'longestGapMs',
  'missed',
] as const;

/** Quoted where it must be; what a table program would take for a formula stays text. */
function csvCell(text: string): string {
  const plain = /^[=+@\t\r]|^-(?!\d)/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
