import { describe, expect, it } from 'vitest';
import { importTimer, serviceOf } from '../../../src/core/exchange/import-systemd.ts';
import type { Imported } from '../../../src/core/exchange/imported.ts';
import { localMinute, readersByZone } from '../../../src/core/exchange/local-minute.ts';
import { proveTimes } from '../../../src/core/exchange/prove-times.ts';
import { readCalendar } from '../../../src/core/exchange/systemd-calendar.ts';
import { splitUnits } from '../../../src/core/exchange/systemd-unit.ts';
import { compileSchedule } from '../../../src/core/schedule/compile-schedule.ts';
import { parseSchedules } from '../../../src/core/schedule/parse-schedule.ts';

const read = (timer: string, service = 'ExecStart=/bin/b'): Imported =>
  importTimer(
    { name: 'back up.timer', text: `[Timer]\n${timer}\n` },
    [{ name: 'back up.service', text: `[Service]\n${service}\n` }],
    { zone: 'UTC', manifestZone: 'UTC' },
  );
const fieldsOf = (timer: string, service?: string): unknown => read(timer, service).jobs[0]?.fields;
const remarksOf = (timer: string, service?: string): string[] =>
  read(timer, service).remarks.map(({ text }) => text);

const calendars = [
  ...'minutely hourly daily weekly monthly yearly annually quarterly semiannually'.split(' '),
  '*-*-* 03:00:00',
  '*-*-* 03:00',
  '03:00',
  '*:0/15',
  '*:00/5:00',
  '*:10..50/20',
  '8..18/2:30',
  '8..18:0/10',
  '*-*-01 04:30',
  '*-*-01,15 04:30',
  '*-*-1/10 00:00',
  '*-*-10..20 12:00',
  '*-01-01 00:01',
  '*-1,7-1 00:00',
  '*-2..4-* 06:00',
  '*-02-29 00:00',
  '01-31 00:00',
  '*-*~01 23:00',
  '*-02~1 23:00',
  'Mon 09:00',
  'Mon..Fri 09:00',
  'Mon,Wed,Fri 09:00',
  'Sat,Sun 10:00',
  'Fri..Sun 22:00',
  'sunday 05:05',
  'Mon *-*-* 00:00:00',
  'Mon *-*-1..7 00:00',
  'Fri *-*-13 13:00',
  'Tue..Thu *-*-1/2 6,18:15',
  'Sun *-3,10-* 02:30',
  'Mon..Fri *-*-* *:30',
  '*-*-* 00/6:00',
  '*-*-* 1,13:1,31',
  '*-*-* 12:00 UTC',
  'Mon 07:00 UTC',
];

describe('a calendar event', () => {
  it(`has the same starts for a year, for ${calendars.length} of them`, () => {
    const after = Date.parse('2027-01-01T00:00:00Z');
    const readerOf = readersByZone();
    for (const [at, text] of calendars.entries()) {
      const timezone = at % 2 === 0 || text.includes('UTC') ? 'UTC' : 'Europe/Berlin';
      const calendar = readCalendar(text);
      if (typeof calendar === 'string' || calendar.fits === null) throw new Error(text);
      const parsed = parseSchedules(calendar.expression, { timezone, named: {}, seed: 'a' });
      expect(parsed.problems, text).toEqual([]);
      const proof = proveTimes({
        fits: calendar.fits,
        read: readerOf(timezone),
        compiled: compileSchedule(parsed.schedules, 'a'),
        after,
        until: after + 366 * 86_400_000,
        startsMax: 2_000,
      });
      expect(proof, text).toMatchObject({ agrees: true });
      expect(proof.compared > 0 || text === '*-02-29 00:00', text).toBe(true);
    }
  });

  it.each([
    ['Mon..Fri *-*-1..7 09:00 Asia/Tokyo', '0 9 1-7 * +1,2,3,4,5', 'Asia/Tokyo'],
    ['*:0/15', '0-59/15 * * * *', null],
    ['*-*-* 03:00:30', '30 0 3 * * *', null],
    ['*-*~1 00:00', '0 0 L * *', null],
  ])('%s is %s', (text, expression, zone) => {
    expect(readCalendar(text)).toMatchObject({ expression: expect.any(String) as string, zone });
    const { expression: found } = readCalendar(text) as { expression: string };
    expect(found.replaceAll(/\b0+(?=\d)/g, '')).toBe(expression);
  });

  it.each(['2030-01-01 00:00', '*-*-* 25:00', '*-*~5 00:00', 'Noday 03:00', '3:00 4:00 x', ''])(
    '%j is not carried over',
    (text) => {
      expect(readCalendar(text)).toContain('is not a calendar event that can be carried over');
    },
  );
});

describe('a timer with its service', () => {
  it('keeps times, delay, catching up, command and surroundings', () => {
    const timer = `OnCalendar=daily
OnCalendar=Mon 09:00 Asia/Tokyo
RandomizedDelaySec=5min 30s
Persistent=true`;
    const service = `Type=oneshot
ExecStart=/bin/b --name "two words" 100%% \\
  last
User=www
WorkingDirectory=/srv
Environment=A=1 "B=two words"
EnvironmentFile=/etc/b
TimeoutStartSec=1h 30min
TimeoutStopSec=20
Nice=5
UMask=0027`;
    expect(fieldsOf(timer, service)).toEqual({
      schedule: [
        { cron: '0 0 * * *', jitter: '5m30s' },
        { cron: '0 9 * * 1', timezone: 'Asia/Tokyo', jitter: '5m30s' },
      ],
      command: ['/bin/b', '--name', 'two words', '100%', 'last'],
      cwd: '/srv',
      env: { A: '1', B: 'two words' },
      env_file: '/etc/b',
      user: 'www',
      nice: 5,
      umask: '027',
      timeout: '1h30m',
      kill: { grace: '20s' },
    });
    expect(remarksOf(timer, service)).toEqual([]);
  });

  it.each([
    ['ExecStart=/bin/b $A ${B} "x $C"', '/bin/b $A "${B}" "x $C"'],
    ['ExecStart=-/bin/a\nExecStart=/bin/b', '{ /bin/a || true; } &&\n/bin/b'],
    ['ExecStart=/bin/a\nExecStart=\nExecStart=/bin/b', ['/bin/b']],
    ['ExecStart=/bin/b $$A', ['/bin/b', '$A']],
  ])('%j runs %j', (service, command) => {
    expect(fieldsOf('OnCalendar=daily', service)).toMatchObject({ command, catch_up: 'none' });
  });

  it('is told its name where it asks for it', () => {
    const name = 'dump@shop';
    const { jobs } = importTimer(
      { name: `${name}.timer`, text: '[Timer]\nOnCalendar=daily' },
      [{ name: `${name}.service`, text: '[Service]\nExecStart=/bin/b %n %N %p %i %%n' }],
      { zone: 'UTC', manifestZone: 'UTC' },
    );
    const words = ['/bin/b', 'dump@shop.service', 'dump@shop', 'dump', 'shop', '%n'];
    expect(jobs[0]?.fields['command']).toEqual(words);
  });

  it('repeats by the clock what is repeated from its last start', () => {
    expect(fieldsOf('OnBootSec=5min\nOnUnitActiveSec=1h 30min')).toMatchObject({
      schedule: 'every 1h30m',
    });
    expect(remarksOf('OnBootSec=5min\nOnUnitActiveSec=90')).toEqual([
      'OnUnitActiveSec counts from the last start or end there, and by the clock here',
      'OnBootSec: nothing here stands for it',
    ]);
  });

  it.each([
    ['OnBootSec=5min', 'ExecStart=/bin/b', 'it has no times that a job can have'],
    ['OnCalendar=daily', 'Type=oneshot', 'its service has no ExecStart'],
    ['OnCalendar=daily', 'ExecStart=/bin/b %t', 'only systemd knows what its % stands for'],
    ['OnCalendar=daily', 'ExecStart=+/bin/b', 'what its prefix asks for cannot be done here'],
    ['Unit=else.service', 'ExecStart=/bin/b', 'its service else.service was not found'],
  ])('%j with %j is left out', (timer, service, remark) => {
    expect(read(timer, service).jobs).toEqual([]);
    expect(remarksOf(timer, service)[0]).toContain(remark);
  });
});

describe('what a unit says in ways that are seldom seen', () => {
  const timed = 'OnCalendar=daily';

  it('names its service, or is named like it', () => {
    const serviceNamed = (text: string) => serviceOf({ name: 'backup.timer', text });
    expect(serviceNamed('[Timer]\nUnit=dump.service')).toBe('dump.service');
    expect(serviceNamed('[Timer]\nOnCalendar=daily')).toBe('backup.service');
  });

  it('has a name of a job though its own is none', () => {
    const named = (name: string) =>
      importTimer(
        { name: `${name}.timer`, text: '[Timer]\nOnCalendar=daily' },
        [{ name: `${name}.service`, text: '[Service]\nExecStart=/bin/b' }],
        { zone: 'UTC', manifestZone: 'UTC' },
      ).jobs[0]?.name;
    expect(named('Back Up')).toBe('back-up');
    expect(named('__')).toBe('job');
  });

  it.each([
    ['Nice=5', { nice: 5 }, []],
    [
      'EnvironmentFile=/a\nEnvironmentFile=-/b',
      { env_file: ['/a', '/b'] },
      ['/b must be there now'],
    ],
    ['Environment=NAMELESS "A=1"', { env: { A: '1' } }, []],
    ['RuntimeMaxSec=infinity', {}, []],
    ['KillSignal=SIGWINCH', {}, ['KillSignal=WINCH: a job is not ended by that']],
    ['KillSignal=SIGINT', { kill: { signal: 'INT' } }, []],
    ['KillSignal=SIGINT\nTimeoutStopSec=3', { kill: { signal: 'INT', grace: '3s' } }, []],
    ['TimeoutStopSec=soon', {}, []],
    ['SuccessExitStatus=3 SIGPIPE 900', { success_codes: [0, 3] }, []],
    ['WorkingDirectory=-/srv', { cwd: '/srv' }, []],
    ['a line that says nothing', {}, []],
  ])('%s', (line, fields, remarks) => {
    const service = `ExecStart=/bin/b\n${line}`;
    expect(fieldsOf(timed, service)).toEqual({
      schedule: '0 0 * * *',
      command: ['/bin/b'],
      cwd: '/',
      catch_up: 'none',
      ...fields,
    });
    expect(remarksOf(timed, service)).toEqual(remarks);
  });

  it.each([
    [`ExecStart=/bin/b 'it is' "so"`, ['/bin/b', 'it is', 'so']],
    [String.raw`ExecStart=/bin/b a\sb\$`, ['/bin/b', 'a b$']],
    [`ExecStart=/bin/sh -c 'a | b'`, 'a | b'],
  ])('%s', (service, command) => {
    expect(fieldsOf(timed, service)).toMatchObject({ command });
  });

  it('is left out with a backslash that only systemd reads', () => {
    const service = String.raw`ExecStart=/bin/b \x20`;
    expect(remarksOf(timed, service)).toEqual([
      String.raw`"/bin/b \x20": its backslashes cannot be carried over`,
    ]);
  });

  it('keeps the times that can be carried over, with a remark on the others', () => {
    const timer = 'OnCalendar=daily\nOnCalendar=2030-01-01 00:00';
    expect(fieldsOf(timer)).toMatchObject({ schedule: '0 0 * * *' });
    expect(remarksOf(timer)[0]).toContain('is not a calendar event that can be carried over');
  });

  it('is delayed by chance also where it is repeated', () => {
    expect(fieldsOf('OnUnitActiveSec=1h\nRandomizedDelaySec=5min')).toMatchObject({
      schedule: { every: '1h', jitter: '5m' },
    });
  });

  it('has the description of the service, else that of the timer, unless it is the name', () => {
    const described = (own: string, of: string) => {
      const timer = `OnCalendar=daily\n[Unit]\nDescription=${of}`;
      const fields = fieldsOf(timer, `ExecStart=/bin/b\n[Unit]\nDescription=${own}`);
      return (fields as Record<string, unknown>)['description'];
    };
    expect(described('100%% of it', 'x')).toBe('100% of it');
    expect(described('', 'by the timer')).toBe('by the timer');
    expect(described('back up', 'x')).toBeUndefined();
  });

  it('starts in each minute at the seconds of every line that has a start in it', () => {
    const [job] = read('OnCalendar=*:*:30\nOnCalendar=03:00:10').jobs;
    const at = (hour: number, minute: number) =>
      job?.secondsOf?.(localMinute(Date.UTC(2027, 0, 1, hour, minute), 'UTC'));
    expect([at(3, 0), at(3, 1)]).toEqual([[10, 30], [30]]);
  });

  it('tells whether a minute has a start only where all its times have one zone', () => {
    const fits = (timer: string) => read(timer).jobs[0]?.fits ?? null;
    const three = localMinute(Date.UTC(2027, 0, 1, 3), 'UTC');
    expect(fits('OnCalendar=03:00')?.(three)).toBe(true);
    expect(fits('OnCalendar=04:00')?.(three)).toBe(false);
    expect(fits('OnCalendar=03:00\nOnCalendar=03:00 Asia/Tokyo')).toBeNull();
  });
});

describe('units in one text', () => {
  const split = (text: string) => splitUnits('given.timer', text);

  it('is one of the name given without headings', () => {
    expect(split('[Timer]\nOnCalendar=daily')).toEqual([
      { name: 'given.timer', text: '[Timer]\nOnCalendar=daily' },
    ]);
    expect(split('')).toEqual([{ name: 'given.timer', text: '' }]);
  });

  it('has each below its heading, and what stands above the first is the one given', () => {
    const two = '# /etc/systemd/system/a.timer\n[Timer]\n# a.service\n[Service]';
    expect(split(two)).toEqual([
      { name: 'a.timer', text: '[Timer]' },
      { name: 'a.service', text: '[Service]' },
    ]);
    expect(split(`[Install]\n${two}`)[0]).toEqual({ name: 'given.timer', text: '[Install]' });
  });
});
