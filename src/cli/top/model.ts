// What `jm2 top` knows and what of it is looked at: one value, from which the
// screen follows. How it changes by a key is in press.ts, by an answer of the
// daemon in arrivals.ts; how it looks, in screen.ts.
import type { JobDetailView, JobView, LogLine, QueueView, StatusView } from '../../api/service.ts';

export const sortOrders = ['state', 'next', 'name', 'last'] as const;
export type SortOrder = (typeof sortOrders)[number];

/** Who answers: the daemon, the store while none runs, or nobody (yet). */
export type Source =
  | { readonly kind: 'asking' }
  | { readonly kind: 'live' }
  /** Epoch ms since when no daemon answers. */
  | { readonly kind: 'store'; readonly since: number }
  | { readonly kind: 'silent'; readonly since: number; readonly problem: string };

export interface LogTail {
  /** Whose log it is; null for none. */
  readonly job: string | null;
  readonly run: string | null;
  readonly lines: readonly LogLine[];
  /** Lines of this log that are no longer held. */
  readonly dropped: number;
}

/** What a key asks for before it is done. */
export interface Question {
  readonly text: string;
  readonly job: string;
  readonly runs: readonly string[];
}

/** A line of the list. */
export interface Row {
  readonly job: JobView;
  /** Its runs that wait for something. */
  readonly waiting: number;
}

export interface TopModel {
  readonly source: Source;
  readonly jobs: readonly JobView[];
  readonly queue: QueueView | null;
  readonly status: StatusView | null;
  /** The jobs in the order and choice of the list; follows from the others, see rows.ts. */
  readonly rows: readonly Row[];
  readonly log: LogTail;
  readonly detail: JobDetailView | null;

  readonly view: 'jobs' | 'detail' | 'log' | 'help';
  readonly selected: string | null;
  readonly sort: SortOrder;
  readonly filter: string;
  /** Keys go to the filter. */
  readonly isTyping: boolean;
  readonly question: Question | null;
  readonly message: { readonly text: string; readonly isProblem: boolean } | null;
  /** First line of the detail or help that is shown. */
  readonly top: number;
  /** Number, over the whole log, of the line shown last; null: always the newest. */
  readonly logEnd: number | null;
}

export const emptyLog: LogTail = { job: null, run: null, lines: [], dropped: 0 };

export const initialModel: TopModel = {
  source: { kind: 'asking' },
  jobs: [],
  queue: null,
  status: null,
  rows: [],
  log: emptyLog,
  detail: null,
  view: 'jobs',
  selected: null,
  sort: 'state',
  filter: '',
  isTyping: false,
  question: null,
  message: null,
  top: 0,
  logEnd: null,
};
