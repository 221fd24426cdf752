import { describe, expect, it } from 'vitest';
import type { JobView, LogLine } from '../../../src/api/service.ts';
import {
  logBegan,
  logGrew,
  logLinesMax,
  nothingCame,
  overviewCame,
} from '../../../src/cli/top/arrivals.ts';
import { frameChange } from '../../../src/cli/top/frame.ts';
import { initialModel } from '../../../src/cli/top/model.ts';
import type { TopModel } from '../../../src/cli/top/model.ts';
import { pageHeld, screenOf } from '../../../src/cli/top/screen.ts';
import { aStatus } from '../../support/fake-service.ts';
import { aTerminal } from '../../support/terminal.ts';
import { aJob, aModel, emptyQueue, letters, now, pressed } from './a-model.ts';

const failed = {
  id: 'r1',
  state: 'failed' as const,
  exitCode: 3,
  startedAt: '2026-03-27T12:59:59.000Z',
  endedAt: '2026-03-27T13:00:00.000Z',
  durationMs: 1000,
};
const jobs: readonly JobView[] = [
  aJob('backup', { lastRun: failed }),
  aJob('report', {
    state: 'running',
    lastRun: { ...failed, state: 'running', startedAt: '2026-03-27T13:04:48.000Z', endedAt: null },
  }),
];
const line = (text: string, changes: Partial<LogLine> = {}): LogLine => ({
  job: 'backup',
  run: 'r1',
  attempt: 1,
  time: null,
  text,
  ...changes,
});

function screen(model: TopModel, width = 80, height = 24): string[] {
  return screenOf(model, aTerminal({ width, now, zone: 'UTC' }), height).map((one) =>
    one.trimEnd(),
  );
}

it('shows what runs first, the next and last runs, and the log of the selected job', () => {
  const model = logBegan(aModel(jobs), { job: 'report', run: 'r2' }, [line('one'), line('two')]);
  expect(screen(model, 80, 14)).toMatchInlineSnapshot(`
    [
      "jm2 top  x/jobs.yaml  revision 3                                  live  13:05:00",
      "0 running of 64, 0 waiting  2 jobs  1 failing  by state",
      "  JOB       STATE       NEXT          LAST",
      "▶ report    running     in 55m        running for 12s",
      "  backup    scheduled   in 55m        failed exit 3, 5m ago, 1s",
      "Log of report  run r2",
      "one",
      "two",
      "",
      "",
      "",
      "",
      "",
      "? help  q quit  Enter show  l log  r run  c cancel  p pause  / filter  s sort",
    ]
  `);
});

it('on 40 columns keeps name, state and next run', () => {
  expect(screen(aModel(jobs), 40, 8)).toMatchInlineSnapshot(`
    [
      "jm2 top  x/jobs.yaml  r…  live  13:05:00",
      "0 running of 64, 0 waiting  2 jobs  1 f…",
      "  JOB       STATE       NEXT",
      "▶ report    running     in 55m",
      "  backup    scheduled   in 55m",
      "",
      "",
      "? help  q quit  Enter show  l log  r ru…",
    ]
  `);
});

describe('every screen', () => {
  const wide = aJob('会議-の-バックアップ'.slice(0, 5), { description: '漢字 '.repeat(60) });
  const many = Array.from({ length: 1_000 }, (_, n) => aJob(`job-${String(n).padStart(4, '0')}`));
  const long = 'x'.repeat(500);
  const full = logBegan(
    aModel([wide, ...jobs, ...many]),
    { job: 'backup', run: 'r1' },
    Array.from({ length: 50 }, (_, n) => line(`${n} ${n % 2 ? long : '漢'.repeat(90)}\u001b[31m`)),
  );
  const models: [string, TopModel][] = [
    ['first', initialModel],
    ['list', full],
    ['empty', aModel([])],
    ['log', pressed(full, 'l').model],
    ['log gone back', pressed(full, 'l', 'k', 'k', 'g').model],
    ['help', pressed(full, '?').model],
    ['detail', pressed(full, 'Enter').model],
    ['filter', pressed(full, '/', ...letters('job-0')).model],
    ['no answer', nothingCame(full, `broken ${long}`, now)],
  ];

  it.each(models)('%s has as many lines as rows, none wider than the terminal', (_name, model) => {
    for (const [width, height] of [
      [80, 24],
      [160, 50],
      [40, 12],
      [20, 5],
      [10, 2],
      [1, 1],
    ] as const) {
      const terminal = aTerminal({ width, now, zone: 'UTC' });
      const lines = screenOf(model, terminal, height);
      expect(lines).toHaveLength(height);
      expect(Math.max(...lines.map((one) => terminal.cells(one)))).toBeLessThanOrEqual(width);
      // Foreign text moves nothing.
      expect(lines.join('')).not.toContain('\u001b');
    }
  });

  it('of a thousand jobs shows those around the selected one', () => {
    const model = pressed(aModel(many), 'G', 'k').model;
    const shown = screen(model).filter((one) => one.includes('job-'));
    expect(shown.length).toBeLessThan(24);
    expect(shown).toContainEqual(expect.stringMatching(/^▶ job-0998 /));
  });
});

describe('without a daemon', () => {
  const overview = { jobs, queue: emptyQueue, status: aStatus };
  const offline = overviewCame(aModel(jobs), overview, { live: false, now });

  it('says so, and since when', () => {
    expect(screen(offline)[0]).toMatch(/no daemon {2}13:05:00$/);
    expect(screen(offline)[1]).toBe(
      'No daemon runs (seen 13:05:00); this is the store, to be read only: jm2 start',
    );
  });

  it('keeps the time, and tells when one is back', () => {
    const later = overviewCame(offline, overview, { live: false, now: now + 60_000 });
    expect(later.source).toEqual({ kind: 'store', since: now });
    const back = overviewCame(later, overview, { live: true, now: now + 90_000 });
    expect(screen(back).at(-1)).toBe('The daemon is back.');
  });

  it('shows what was known when nothing can be read', () => {
    const silent = nothingCame(aModel(jobs), 'It does not answer.', now);
    expect(screen(silent)[1]).toBe('Not answered since 13:05:00: It does not answer.');
    expect(screen(silent).join('\n')).toContain('backup');
  });
});

describe('the log', () => {
  const lines = Array.from({ length: 100 }, (_, n) => line(`line ${n}`));
  const began = logBegan(aModel(jobs, { selected: 'backup' }), { job: 'backup', run: 'r1' }, lines);
  const { model } = pressed(began, 'l');

  it('shows the newest lines and those that come', () => {
    expect(screen(model).at(-2)).toBe('line 99');
    expect(screen(logGrew(model, 'r1', [line('new')])).at(-2)).toBe('new');
  });

  it('stands still when one has gone back, until the end is asked for', () => {
    const backed = logGrew(pressed(model, 'k', 'k').model, 'r1', [line('new')]);
    expect(screen(backed).at(-2)).toBe('line 97');
    expect(screen(pressed(backed, 'G').model).at(-2)).toBe('new');
  });

  it('gone back to the beginning, moves again with the next key', () => {
    const terminal = aTerminal({ width: 80, now, zone: 'UTC' });
    const first = pageHeld(pressed(model, 'g').model, terminal, 24);
    expect(screen(first)[1]).toBe('Log of backup  run r1  line 21 of 100; G: newest');
    expect([screen(first)[2], screen(first).at(-2)]).toEqual(['line 0', 'line 20']);
    const next = pageHeld(pressed(first, 'j').model, terminal, 24);
    expect([screen(next)[2], screen(next).at(-2)]).toEqual(['line 1', 'line 21']);
  });

  it('that fits on the screen is never held still', () => {
    const short = logBegan(aModel(jobs), { job: 'backup', run: 'r1' }, [line('one'), line('two')]);
    const back = pressed(short, 'l', 'k').model;
    expect(pageHeld(back, aTerminal({ width: 80, now, zone: 'UTC' }), 24).logEnd).toBeNull();
  });

  it('breaks long lines where the width ends', () => {
    const long = logGrew(model, 'r1', [line('x'.repeat(100))]);
    expect(screen(long).slice(-3, -1)).toEqual(['x'.repeat(80), 'x'.repeat(20)]);
  });

  it('goes on with an unfinished line', () => {
    const grown = logGrew(logGrew(model, 'r1', [line('wait', { unfinished: true })]), 'r1', [
      line('ing'),
    ]);
    expect(screen(grown).slice(-3, -1)).toEqual(['line 99', 'waiting']);
  });

  it('holds a bounded number of lines', () => {
    const more = Array.from({ length: logLinesMax }, (_, n) => line(`more ${n}`));
    const { log } = logGrew(model, 'r1', more);
    expect(log.lines).toHaveLength(logLinesMax);
    expect(log.dropped).toBe(100);
  });

  it('of another run changes nothing', () => {
    expect(logGrew(model, 'r9', [line('late')])).toBe(model);
  });
});

it('scrolls a page no further than to its end', () => {
  const help = pressed(aModel(jobs), '?', 'G').model;
  const terminal = aTerminal({ width: 80, now });
  const held = pageHeld(help, terminal, 10);
  expect(screenOf(held, terminal, 10).at(-2)).toContain('nothing can be changed');
  expect(pressed(held, 'k').model.top).toBe(held.top - 1);
});

describe('a frame', () => {
  it.each([
    ['unknown before', null, ['a', 'b'], '\u001b[2J\u001b[1;1H\u001b[Ka\u001b[2;1H\u001b[Kb'],
    ['the same', ['a', 'b'], ['a', 'b'], ''],
    ['one line changed', ['a', 'b'], ['a', 'c'], '\u001b[2;1H\u001b[Kc'],
    ['a line less', ['a', 'b'], ['a'], '\u001b[2;1H\u001b[K'],
  ])('%s', (_name, before, after, written) => {
    expect(frameChange(before, after)).toBe(written);
  });
});
