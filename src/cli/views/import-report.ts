// What an import carries over, with its proof, and what it does not.
import type { ImportedView, ImportReport, ImportRemarkView } from '../imported-view.ts';
import type { Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { count } from './status.ts';
import { renderTable } from './table.ts';
import { localTime } from './times.ts';
import { wrapped } from './wrapped.ts';

export function importReportText(report: ImportReport, terminal: Terminal): string {
  const { imported, remarks, removed } = report;
  const table =
    imported.length === 0
      ? 'No job was found to import.'
      : renderTable<ImportedView>(
          [
            { header: 'JOB', rank: 0, mayStandAlone: true, cell: ({ job }) => job },
            {
              header: 'FROM',
              rank: 2,
              cuttable: true,
              cell: ({ file, line }) => oneLine(`${file}:${line}`),
            },
            { header: 'ACTION', rank: 1, cell: ({ action }) => action },
            {
              header: 'NEXT START',
              rank: 3,
              cell: ({ proof }) => {
                const next = proof?.source[0];
                return next === undefined ? '' : localTime(Date.parse(next), terminal.zone);
              },
            },
            {
              header: 'PROOF',
              rank: 0,
              cell: proofText,
              style: ({ proof }) => (proof === null ? null : proof.agrees ? 'green' : 'red'),
            },
          ],
          imported,
          terminal,
        );
  const differing = imported.filter(({ proof }) => proof?.agrees === false);
  return [
    table,
    ...differing.map((one) => differenceText(one, terminal)),
    remarksText('Not carried over:', ofKind(remarks, 'dropped'), terminal),
    remarksText('Not the same:', ofKind(remarks, 'changed'), terminal),
    removed.length === 0
      ? ''
      : wrapped(
          `${count(removed.length, 'job')} of the manifest will go: ${removed.join(', ')}`,
          '',
          terminal,
        ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function proofText({ proof }: ImportedView): string {
  if (proof === null) return '';
  if (proof.method === 'spec') return proof.agrees ? 'same definition' : 'DIFFERENT definition';
  if (!proof.agrees) return 'DIFFERENT times';
  if (proof.compared === 0) return 'no start within a year';
  return `${count(proof.compared, 'start')} agree`;
}

function differenceText({ job, proof }: ImportedView, terminal: Terminal): string {
  if (proof === null || proof.method === 'spec') {
    return wrapped(`${job} means something else here; compare jm2 show ${job}.`, '', terminal);
  }
  const times = (list: readonly string[]): string =>
    list.length === 0
      ? 'never'
      : list.map((time) => localTime(Date.parse(time), terminal.zone)).join(', ');
  return [
    `${job} starts at other times:`,
    wrapped(`source: ${times(proof.source)}`, '  ', terminal),
    wrapped(`jm2: ${times(proof.jm2)}`, '  ', terminal),
  ].join('\n');
}

function ofKind(
  remarks: readonly ImportRemarkView[],
  kind: ImportRemarkView['kind'],
): readonly ImportRemarkView[] {
  return remarks.filter((remark) => remark.kind === kind);
}

function remarksText(
  title: string,
  remarks: readonly ImportRemarkView[],
  terminal: Terminal,
): string {
  if (remarks.length === 0) return '';
  const lines = remarks.map(({ file, line, text }) =>
    wrapped(oneLine(`${file}${line === null ? '' : `:${line}`}: ${text}`), '  ', terminal),
  );
  return [title, ...lines].join('\n');
}
