// The result as JUnit's XML, which most pipelines can show: a suite for each file
// or plan, a test for each problem or changed job, and one that passes where
// there is nothing to say.
import { escapeForTerminal } from '../../core/diagnostics/escape-for-terminal.ts';
import type { Finding } from './findings.ts';
import type { Report } from './report.ts';

/** XML 1.0 has no form for these, not even escaped. */
const unfit = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function xml(text: string): string {
  return escapeForTerminal(text)
    .replace(unfit, '')
    .replace(/[&<>"'\t\n\r]/g, (character) => entities[character] ?? character);
}

interface TestCase {
  readonly name: string;
  readonly classname: string;
  /** What is written inside; a failure counts as one. */
  readonly inside: string;
  readonly failed: boolean;
  readonly place: string;
}

export function junit(report: Report, findings: readonly Finding[]): string {
  const suites = new Map<string, TestCase[]>();
  const put = (suite: string, test: TestCase): void => {
    const tests = suites.get(suite) ?? [];
    tests.push(test);
    suites.set(suite, tests);
  };
  const { plan } = report;
  const failed = new Set<string>();
  for (const one of findings) {
    const file = one.file ?? report.source;
    const isFailure = one.level === 'error' || (one.rule.startsWith('hazard/') && one.rank === 0);
    if (isFailure) failed.add(file);
    put(file, caseOf(one, report.command, isFailure));
  }
  const passing =
    report.files.length === 0 ? [report.source] : report.files.map(({ file }) => file);
  for (const file of passing) {
    if (!failed.has(file) && report.accepted) put(file, passed(report.command, 'is accepted'));
  }
  for (const { job, action } of plan?.changes ?? []) {
    put(report.source, passed('change', `${action} ${job}`));
  }
  return document(report.command, suites);
}

function passed(classname: string, name: string): TestCase {
  return { name, classname, inside: '', failed: false, place: '' };
}

function caseOf(one: Finding, command: string, isFailure: boolean): TestCase {
  const at = one.range === null ? '' : `:${one.range.start.line}:${one.range.start.column}`;
  const text = `${one.file ?? ''}${at}\n${one.message}`;
  const kind = xml(one.rule);
  return {
    name: one.title,
    classname: `${command}.${one.rule}`,
    failed: isFailure,
    inside: isFailure
      ? `<failure message="${xml(one.title)}" type="${kind}">${xml(text)}</failure>`
      : `<system-out>${xml(text)}</system-out>`,
    place:
      one.file === null
        ? ''
        : ` file="${xml(one.file)}"${one.range === null ? '' : ` line="${one.range.start.line}"`}`,
  };
}

function document(command: string, suites: ReadonlyMap<string, readonly TestCase[]>): string {
  const all = [...suites.values()].flat();
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="jm2 ${command}" ${counts(all)}>`,
  ];
  for (const [suite, tests] of suites) {
    lines.push(`  <testsuite name="${xml(suite)}" ${counts(tests)} skipped="0" time="0">`);
    for (const { name, classname, inside, place } of tests) {
      const head = `    <testcase name="${xml(name)}" classname="${xml(classname)}"${place} time="0"`;
      lines.push(inside === '' ? `${head}/>` : `${head}>${inside}</testcase>`);
    }
    lines.push('  </testsuite>');
  }
  lines.push('</testsuites>');
  return `${lines.join('\n')}\n`;
}

function counts(tests: readonly TestCase[]): string {
  const failures = tests.filter(({ failed }) => failed).length;
  return `tests="${tests.length}" failures="${failures}" errors="0"`;
}
