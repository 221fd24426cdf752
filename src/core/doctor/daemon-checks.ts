// The daemon, and commands that nobody looks after.
import { check } from './check.ts';
import { plural, shellWord, some } from './finding.ts';

const restart = 'jm2 restart';
const crashTold = 7 * 86_400_000;

export const daemonChecks = [
  check(
    'daemon',
    'daemon',
    'a daemon runs and answers',
    'daemon',
    ({ running, holder, socket }) => {
      if (running) return [];
      if (holder === null) {
        const summary = 'no daemon runs, so nothing is started';
        return [{ severity: 'critical', summary, detail: '', remedy: 'jm2 start' }];
      }
      return [
        {
          severity: 'critical',
          summary: 'the daemon does not answer',
          detail: `process ${holder} holds the state directory and does not listen on ${socket}`,
          remedy: `kill -TERM ${holder}; jm2 start`,
        },
      ];
    },
  ),
  check('stale-files', 'daemon', 'no daemon that is gone left its socket', 'daemon', ({ stale }) =>
    stale.length === 0
      ? []
      : [
          {
            severity: 'minor',
            summary: 'a daemon that is gone left files behind; the next start removes them',
            detail: some(stale),
            remedy: `rm ${stale.map(shellWord).join(' ')}`,
            fix: { kind: 'clear_stale' },
          },
        ],
  ),
  check(
    'daemon-version',
    'daemon',
    'the daemon is of this version',
    'daemon',
    ({ version, ownVersion }) =>
      version === null || version === ownVersion
        ? []
        : [
            {
              severity: 'minor',
              summary: 'the daemon is of another version',
              detail: `it is ${version}, this command ${ownVersion}`,
              remedy: restart,
            },
          ],
  ),
  check(
    'daemon-health',
    'daemon',
    'the daemon reports no problem',
    'daemon',
    ({ conditions, notices }, { zones }) => {
      // What the doctor has found out itself is told once.
      const known = new Set(zones?.ok === true ? zones.value.warnings : []);
      return [
        ...conditions.map(({ text, remedy }) => ({
          severity: 'major' as const,
          summary: 'the daemon reports a problem',
          detail: text,
          remedy,
        })),
        ...notices
          .filter((notice) => !known.has(notice))
          .map((notice) => ({
            severity: 'minor' as const,
            summary: 'the daemon remarks',
            detail: notice,
            remedy: null,
          })),
      ];
    },
  ),
  check(
    'daemon-past',
    'daemon',
    'the last daemon ended in order',
    'daemon',
    ({ fell, running }, { now }) => {
      if (fell === null || now - fell.at > crashTold) return [];
      const how = fell.how === 'crashed' ? 'ended without a word' : 'went down with the host';
      return [
        {
          severity: 'minor',
          summary: `the ${running ? 'daemon before this one' : 'last daemon'} ${how}`,
          detail: `last seen alive ${new Date(fell.at).toISOString()}`,
          remedy: fell.how === 'crashed' ? 'jm2 status; look into daemon.log' : null,
        },
      ];
    },
  ),
  check(
    'launcher',
    'daemon',
    'the launcher of commands is there',
    'daemon',
    ({ running, hasLauncher }) =>
      !running || hasLauncher !== false
        ? []
        : [
            {
              severity: 'major',
              summary: 'the launcher of commands is gone',
              detail: 'the next start brings it back; when it does not, commands cannot start',
              remedy: restart,
            },
          ],
  ),
  check('sync', 'daemon', 'no change waits to be applied', 'daemon', ({ sync }) =>
    sync.pending
      ? [
          {
            severity: 'minor',
            summary: 'changes of the manifest wait to be applied',
            detail: '',
            remedy: 'jm2 plan && jm2 apply',
          },
        ]
      : [],
  ),
  check(
    'stray-commands',
    'daemon',
    'every running command is looked after',
    'strays',
    ({ unknown, unattended }) => [
      ...unknown.map(({ text, remedy }) => ({
        severity: 'major' as const,
        summary: 'a command runs that the store does not know',
        detail: text,
        remedy,
      })),
      ...(unattended === 0
        ? []
        : [
            {
              severity: 'major' as const,
              summary: `${plural(unattended, 'run')} may go on without a daemon: no timeout, no retry`,
              detail: '',
              remedy: 'jm2 start',
            },
          ]),
    ],
  ),
];
