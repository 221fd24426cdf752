// A model of `jm2 top` with a few jobs, and keys to press on it.
import type { JobView, QueueView } from '../../../src/api/service.ts';
import { overviewCame } from '../../../src/cli/top/arrivals.ts';
import { initialModel } from '../../../src/cli/top/model.ts';
import type { TopModel } from '../../../src/cli/top/model.ts';
import { press } from '../../../src/cli/top/press.ts';
import type { Key } from '../../../src/cli/top/press.ts';
import { aStatus } from '../../support/fake-service.ts';

export const now = Date.parse('2026-03-27T13:05:00Z');

export function aJob(name: string, changes: Partial<JobView> = {}): JobView {
  return {
    name,
    schedule: 'every 1h',
    timezone: 'UTC',
    state: 'scheduled',
    nextRun: '2026-03-27T14:00:00.000Z',
    lastRun: null,
    description: null,
    owner: null,
    runbook: null,
    tags: [],
    revision: 3,
    pause: null,
    orphaned: null,
    flushed: false,
    ...changes,
  };
}

export const emptyQueue: QueueView = {
  queue: [],
  queued: 0,
  running: 0,
  limits: { concurrencyMax: 64, queueLimit: 200, groups: [] },
};

export function aModel(jobs: readonly JobView[], changes: Partial<TopModel> = {}): TopModel {
  const overview = { jobs, queue: emptyQueue, status: aStatus };
  return { ...overviewCame(initialModel, overview, { live: true, now }), ...changes };
}

const named: Readonly<Record<string, Key>> = {
  Enter: { name: 'return', text: '\r' },
  Esc: { name: 'escape', text: '' },
  Up: { name: 'up', text: '' },
  Down: { name: 'down', text: '' },
  Backspace: { name: 'backspace', text: '\u007f' },
  'Ctrl-R': { name: 'r', text: '\u0012', ctrl: true },
  'Ctrl-P': { name: 'p', text: '\u0010', ctrl: true },
  'Ctrl-U': { name: 'u', text: '\u0015', ctrl: true },
  'Ctrl-Y': { name: 'y', text: '\u0019', ctrl: true },
  'Ctrl-C': { name: 'c', text: '\u0003', ctrl: true },
};

/** Presses keys one after the other; answers with the model and what the last one asks for. */
export function pressed(model: TopModel, ...keys: readonly string[]): ReturnType<typeof press> {
  let result: ReturnType<typeof press> = { model, action: null };
  for (const key of keys) {
    result = press(result.model, named[key] ?? { name: key.toLowerCase(), text: key });
  }
  return result;
}

/** A word as it is typed. */
export function letters(text: string): string[] {
  return text.split('');
}
