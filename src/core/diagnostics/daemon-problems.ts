// Codes of the daemon, its state directory, its socket and its API.
import { ExitCode } from './jm2-error.ts';
import type { RegistryEntry } from './registry-entry.ts';

const area = 'daemon' as const;
const none = { example: null, corrected: null } as const;

export const daemonProblems: readonly RegistryEntry[] = [
  {
    code: 'JM2-D101',
    area,
    summary: 'the daemon is not reachable',
    meaning:
      'Nothing answers on the socket of this manifest. Either no daemon runs, or it runs for another manifest or another state directory, or the socket belongs to another account. While no daemon runs, nothing is started; jobs that were running go on and are adopted by the next daemon.',
    remedy:
      'Start it with `jm2 start` (in the background) or `jm2 up` (in this terminal). When it should be running, compare the manifest and state directory in `jm2 status` with those it was started with, and read daemon.log in the state directory.',
    example: 'jm2 run backup',
    corrected: 'jm2 start && jm2 run backup',
    exitCode: ExitCode.daemonUnreachable,
  },
  {
    code: 'JM2-D102',
    area,
    summary: 'another daemon holds the state directory',
    meaning:
      'One state directory is served by one daemon, because two would start every job twice. The second one ended without touching anything; the first goes on.',
    remedy:
      'Use the one that runs (`jm2 status`), stop it first (`jm2 stop`), or give the second one a state directory of its own with `--state-dir`.',
    ...none,
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-D103',
    area,
    summary: 'the state directory cannot be written',
    meaning:
      'The daemon keeps its database, its socket and the run logs there, and could not create or write it: it belongs to another account, lies on a read-only file system, or a parent is missing. The daemon did not start.',
    remedy:
      'Give the directory to the account that runs jm2 with mode 0700, or name another with `--state-dir`, `JM2_STATE_DIR` or `JM2_HOME`.',
    example: 'jm2 up --state-dir /proc/jm2',
    corrected: 'jm2 up --state-dir "$HOME/.jm2"',
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-D104',
    area,
    summary: 'the socket path cannot be used',
    meaning:
      'The path of the daemon’s socket is longer than the system allows, is a link, or lies in a directory that others may write. A socket there would be unreachable or not private, so the daemon did not start.',
    remedy:
      'Choose a shorter path that belongs to you alone with `--state-dir`, or set XDG_RUNTIME_DIR to your runtime directory.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-D105',
    area,
    summary: 'the daemon did not start in time',
    meaning:
      'A daemon was started in the background but did not answer within the deadline. It may have failed at once, or the machine is very busy. Nothing is known to be in force.',
    remedy:
      'Read the end of daemon.log in the state directory, or run `jm2 up` to see the start in the terminal; then try again.',
    ...none,
    exitCode: ExitCode.daemonUnreachable,
  },
  {
    code: 'JM2-D106',
    area,
    summary: 'the daemon is stopping',
    meaning:
      'The daemon drains: it lets attempts finish up to the grace and admits nothing more, so this request was refused. What is queued stays in the store for the next daemon.',
    remedy: 'Wait until it has ended (`jm2 status`), start it again (`jm2 start`), then repeat.',
    ...none,
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-D107',
    area,
    summary: 'the request was not understood',
    meaning:
      'A request to the daemon’s API had an unknown route, an unknown or missing field, or a value out of bounds. Nothing was done. Between the command line and a daemon of different versions this can happen after an upgrade.',
    remedy:
      'Compare the request with the API description. After an upgrade restart the daemon with `jm2 restart`; jobs that run are not touched by that.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-D108',
    area,
    summary: 'the daemon met an error of its own',
    meaning:
      'A request could not be answered because of a bug in jm2 or a failure nobody foresaw. The request was given up; schedules and running jobs go on. What happened stands in daemon.log and is told to nobody else.',
    remedy:
      'Repeat the request. When it fails again, read the end of daemon.log in the state directory and report it.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-D109',
    area,
    summary: 'too many event streams are open',
    meaning:
      'The daemon serves a bounded number of followers (`logs -f`, `run --wait`, `events`) at once, so that they cannot slow down scheduling. The others go on.',
    remedy: 'End some of the followers, then try again.',
    ...none,
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-D110',
    area,
    summary: 'the state directory lies on a network file system',
    meaning:
      'The store and the lock that keeps a second daemon away need a local disk: over a network, locks may not hold and the store may be damaged. The daemon did not start, and nothing was changed.',
    remedy:
      'Name a local directory with `--state-dir`, `JM2_STATE_DIR` or `JM2_HOME`. When the disk is known to be safe and no other host uses it, set `JM2_NETWORK_DISK=allow`.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-D111',
    area,
    summary: 'no service manager can be used here',
    meaning:
      'jm2 installs itself as a service of systemd or, on macOS, of launchd. Here neither can be asked: its program is missing, as in most containers, or it does not look after this session. Nothing was changed; a running daemon goes on.',
    remedy:
      'Look at the unit with `jm2 service install --dry-run`, and install it on the host. In a container run `jm2 up` under an init; anywhere, `jm2 start` runs the daemon in the background until the host goes down.',
    example: 'jm2 service install',
    corrected: 'jm2 service install --dry-run',
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-D112',
    area,
    summary: 'the service manager refused',
    meaning:
      'The service manager was asked and ended with an error, which is shown. What the command had done before stands as it says; jobs that run are not touched by that.',
    remedy:
      'Follow what the service manager says. `--system` needs root; `--user` needs a session of that user, as after a login, and not `su`.',
    ...none,
    exitCode: ExitCode.failure,
  },
];
