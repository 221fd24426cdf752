// What an export makes of jobs: a text, and what could not be said in it.

export interface ExportRemark {
  readonly job: string | null;
  readonly kind: 'dropped' | 'changed';
  readonly text: string;
}

export interface Exported {
  readonly text: string;
  readonly remarks: readonly ExportRemark[];
}

/** One of several files of an export. */
export interface ExportedFile {
  readonly name: string;
  readonly text: string;
}

export type Note = (kind: ExportRemark['kind'], text: string) => void;
