// What a backup holds, for people.
import type { Terminal } from '../terminal.ts';
import { humanBytes } from './bytes.ts';
import { fieldList } from './fields.ts';
import { relativeTime } from './durations.ts';
import { count } from './status.ts';
import { localTime } from './times.ts';

export interface BackupHeld {
  readonly bytes: number;
  readonly schemaVersion: number;
  readonly lineage: string;
  readonly madeAt: number | null;
  readonly revision: number;
  readonly jobs: number;
  readonly runs: number;
  readonly logs: { readonly files: number; readonly bytes: number } | null;
}

export function backupText(title: string, held: BackupHeld, terminal: Terminal): string {
  const { madeAt, logs } = held;
  const made =
    madeAt === null
      ? 'unknown: a plain copy of a store'
      : `${localTime(madeAt, terminal.zone, true)} (${relativeTime(madeAt, terminal.now)})`;
  return fieldList(
    [
      ['backup', title],
      ['made', made],
      ['holds', `${count(held.jobs, 'job')}, ${count(held.runs, 'run')}, ${revisionWords(held)}`],
      [
        'run logs',
        logs === null ? 'none' : `${count(logs.files, 'file')}, ${humanBytes(logs.bytes)}`,
      ],
      ['size', humanBytes(held.bytes)],
      ['lineage', held.lineage],
    ],
    terminal,
  );
}

function revisionWords({ revision }: BackupHeld): string {
  return revision === 0 ? 'no manifest yet' : `manifests up to revision ${revision}`;
}
