// Findings as SARIF 2.1.0, for code scanning: rules with their help, results with
// a place, a fingerprint that stays when lines move, and the edit that mends it.
import { escapeJson } from '../../core/diagnostics/escape-for-terminal.ts';
import type { Range } from '../../core/diagnostics/diagnostic.ts';
import { findEntry } from '../../core/diagnostics/registry.ts';
import type { Finding } from './findings.ts';
import type { Report } from './report.ts';

/** Readers show no more of one run. */
const resultsMax = 5_000;

export function sarif(report: Report, findings: readonly Finding[]): string {
  // Worst first, so that what is left out matters least.
  const shown = findings.slice(0, resultsMax);
  const rules = [...new Set(shown.map(({ rule }) => rule))].toSorted();
  const indexes = new Map(rules.map((rule, at) => [rule, at]));
  const hidden = findings.length - shown.length;
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'jm2',
            semanticVersion: report.version,
            rules: rules.map((rule) => ruleOf(rule)),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            ...(hidden === 0
              ? {}
              : {
                  toolExecutionNotifications: [
                    {
                      level: 'note',
                      message: { text: `${hidden} further results of lesser weight are left out.` },
                    },
                  ],
                }),
          },
        ],
        results: shown.map((one) => resultOf(one, indexes.get(one.rule) ?? -1)),
      },
    ],
  };
  return `${escapeJson(JSON.stringify(log, null, 2))}\n`;
}

function ruleOf(rule: string): object {
  const entry = findEntry(rule);
  if (entry === undefined) {
    const name = rule.slice(rule.indexOf('/') + 1);
    const words = name.replaceAll('_', ' ');
    return {
      id: rule,
      name,
      shortDescription: { text: `hazard of a plan: ${words}` },
      help: {
        text: 'A hazard is what deserves a second look before the plan is applied. The message says when it happens and what can be done about it.',
      },
      properties: { tags: ['hazard'] },
    };
  }
  const { summary, meaning, remedy, example, corrected } = entry;
  const shown = [
    ...(example === null ? [] : ['', 'Wrong:', '', indented(example)]),
    ...(corrected === null ? [] : ['', 'Right:', '', indented(corrected)]),
  ];
  return {
    id: rule,
    name: rule,
    shortDescription: { text: summary },
    fullDescription: { text: meaning },
    help: {
      text: [meaning, '', remedy].join('\n'),
      markdown: [meaning, '', `**Way out:** ${remedy}`, ...shown].join('\n'),
    },
    properties: { tags: [entry.area] },
  };
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

function resultOf(
  { rule, level, message, file, range, fix, fingerprint }: Finding,
  index: number,
): object {
  return {
    ruleId: rule,
    ruleIndex: index,
    level,
    message: { text: message },
    ...(file === null
      ? {}
      : {
          locations: [
            {
              physicalLocation: {
                artifactLocation: artifact(file),
                region: range === null ? { startLine: 1 } : regionOf(range),
              },
            },
          ],
        }),
    ...(file === null || fix === null
      ? {}
      : {
          fixes: [
            {
              description: { text: fix.description },
              artifactChanges: [
                {
                  artifactLocation: artifact(file),
                  replacements: [
                    {
                      deletedRegion: regionOf(fix.edit.range),
                      insertedContent: { text: fix.edit.text },
                    },
                  ],
                },
              ],
            },
          ],
        }),
    partialFingerprints: { 'jm2/v1': fingerprint },
  };
}

function artifact(file: string): object {
  return { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}

function regionOf({ start, end }: Range): object {
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}
