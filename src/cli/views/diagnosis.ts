// What the doctor found, worst first, each with the lines to copy.
import type { Diagnosis } from '../../core/doctor/diagnose.ts';
import type { Finding, Severity } from '../../core/doctor/finding.ts';
import type { Repair } from '../../daemon/doctor/repair.ts';
import type { Style, Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { count } from './status.ts';
import { wrapped } from './wrapped.ts';

const styles: Readonly<Record<Severity, Style>> = {
  critical: 'red',
  major: 'red',
  minor: 'yellow',
  ok: 'green',
};
const labelWidth = 'critical'.length;
const indent = ' '.repeat(labelWidth + 2);

export function diagnosisText(
  facts: {
    readonly diagnosis: Diagnosis;
    readonly repairs: readonly Repair[];
    /** Also what was found in order. */
    readonly isAll: boolean;
  },
  terminal: Terminal,
): string {
  const { diagnosis, repairs, isAll } = facts;
  const shown = diagnosis.findings.filter(({ severity }) => isAll || severity !== 'ok');
  return [
    ...repairs.map((one) => repairLine(one, terminal)),
    ...shown.map((finding) => findingText(finding, terminal)),
    sumLine(diagnosis, isAll, terminal),
  ].join('\n');
}

/** What a repair would do, as lines that could be typed. */
export function fixLines(findings: readonly Finding[]): string {
  return findings.map(({ remedy }) => `    ${oneLine(remedy ?? '')}`).join('\n');
}

function findingText(finding: Finding, terminal: Terminal): string {
  const { severity, summary, detail, remedy, code } = finding;
  const label = terminal.style(styles[severity], severity.padEnd(labelWidth));
  const head = `${wrapped(`${oneLine(summary)} (${code})`, indent, terminal)}`;
  const lines = [
    `${label}  ${head.slice(indent.length)}`,
    ...(detail === ''
      ? []
      : detail.split('\n').map((line) => wrapped(oneLine(line), indent, terminal))),
    // Not wrapped: it is there to be copied.
    ...(remedy === null ? [] : [terminal.style('cyan', `${indent}    ${oneLine(remedy)}`)]),
  ];
  return lines.join('\n');
}

function repairLine({ code, done, detail }: Repair, terminal: Terminal): string {
  const label = done ? terminal.style('green', 'fixed   ') : terminal.style('red', 'failed  ');
  return `${label}  ${oneLine(detail)} (${code})`;
}

function sumLine({ summary, findings }: Diagnosis, isAll: boolean, terminal: Terminal): string {
  const { critical, major, minor, ok } = summary;
  const bad = [
    ...(critical > 0 ? [`${critical} critical`] : []),
    ...(major > 0 ? [`${major} major`] : []),
    ...(minor > 0 ? [`${minor} minor`] : []),
  ];
  if (bad.length === 0) return terminal.style('green', `${count(ok, 'check')} found nothing.`);
  const fixable = findings.filter(({ fix }) => fix !== null).length;
  const fix = fixable === 0 ? '' : ` jm2 doctor --fix puts ${fixable} right.`;
  return `${isAll ? '' : '\n'}${bad.join(', ')}; ${count(ok, 'check')} found nothing.${fix}`;
}
