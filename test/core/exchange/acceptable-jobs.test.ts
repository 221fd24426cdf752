import { describe, expect, it } from 'vitest';
import { acceptableJobs } from '../../../src/core/exchange/acceptable-jobs.ts';
import { importCrontab } from '../../../src/core/exchange/import-crontab.ts';
import { sha256 } from '../../../src/system/digest.ts';

/** Names of the jobs that are left, and what is told of the others. */
function taken(crontab: string): unknown {
  const imported = importCrontab(crontab, {
    system: false,
    zone: 'UTC',
    manifestZone: 'UTC',
    home: null,
    faithful: true,
  });
  const { jobs, remarks } = acceptableJobs(imported, { manifestZone: 'UTC', digest: sha256 });
  return {
    jobs: jobs.map(({ name }) => name),
    said: remarks.map(({ line, text }) => [line, text]),
  };
}

describe('of imported jobs', () => {
  it('those that a manifest takes are left, two of one name as well', () => {
    expect(taken('0 3 * * * echo a\n0 4 * * * echo a\n')).toEqual({
      jobs: ['echo-a', 'echo-a'],
      said: [],
    });
  });

  it('one on a day that no year has keeps no other out, and is told with its line', () => {
    expect(taken('@reboot x\n0 0 31 2 * echo never\n0 3 * * * echo a\n@reboot y\n')).toEqual({
      jobs: ['echo-a'],
      said: [
        [1, '@reboot has no time; start it with the system, or by hand: jm2 run'],
        [2, 'schedule: schedule never fires: no year has such a day'],
        [4, '@reboot has no time; start it with the system, or by hand: jm2 run'],
      ],
    });
  });

  it('one in a zone that nobody knows is told, too', () => {
    const said = [[2, expect.stringMatching(/^schedule.timezone: unknown time zone/)]];
    expect(taken('CRON_TZ=Europe/Atlantis\n0 3 * * * echo a\n')).toEqual({ jobs: [], said });
  });

  it('more than a load tells of are all left out', () => {
    const never = '0 0 31 2 * echo never\n'.repeat(600);
    expect(taken(`${never}0 3 * * * echo a\n`)).toMatchObject({ jobs: ['echo-a'] });
  });

  it('none is fine as well', () => {
    expect(taken('# nothing\n')).toEqual({ jobs: [], said: [] });
  });
});
