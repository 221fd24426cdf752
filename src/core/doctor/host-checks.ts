// The machine: runtime, zone data, clock, disk, limits.
import { formatDuration } from '../schedule/parse-duration.ts';
import { check } from './check.ts';
import { plural, some, type Saying } from './finding.ts';

/** The end of each release line of Node.js (github.com/nodejs/release). */
const nodeEnds: Readonly<Record<number, string>> = {
  18: '2025-04-30',
  19: '2023-06-01',
  20: '2026-04-30',
  21: '2024-06-01',
  22: '2027-04-30',
  23: '2025-06-01',
  24: '2028-04-30',
  25: '2026-06-01',
  26: '2029-04-30',
};
const oldestNode = [20, 19] as const;

const mebibyte = 1024 * 1024;
/** Below it nothing starts any more. */
const diskOutBytes = 16 * mebibyte;
const diskShortBytes = 256 * mebibyte;
const diskLowBytes = 1024 * mebibyte;
const freeFilesMin = 1_000;

/** The daemon itself, a log and a socket per run, with room to spare. */
const openFilesMin = 1_024;
const inotifyWatchesMin = 8_192;
const inotifyInstancesMin = 64;

/** A clock that is this far off was set, or the file came from elsewhere. */
const aheadMinMs = 120_000;

export const hostChecks = [
  check(
    'node-release',
    'host',
    'Node.js is a release that is still mended',
    'runtime',
    (facts, { now }) => {
      const [major = 0, minor = 0] = facts.node.split('.').map(Number);
      const remedy = 'Update Node.js, then: jm2 restart';
      if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
        const summary = 'this Node.js is older than jm2 works with';
        return [
          {
            severity: 'major',
            summary,
            detail: `Node.js ${facts.node}; at least ${oldestNode.join('.')}`,
            remedy,
          },
        ];
      }
      const end = nodeEnds[major];
      if (end === undefined || now < Date.parse(end)) return [];
      const summary = 'this Node.js gets no more fixes';
      return [
        {
          severity: 'minor',
          summary,
          detail: `Node.js ${facts.node}: its line ended on ${end}`,
          remedy,
        },
      ];
    },
  ),
  check(
    'sqlite-release',
    'host',
    'SQLite has the known fixes',
    'runtime',
    ({ sqlite, isSqliteSound }) =>
      isSqliteSound
        ? []
        : [
            {
              severity: 'minor',
              summary: 'SQLite lacks a fix for a rare damage of the store',
              detail: `SQLite ${sqlite} is part of this Node.js; 3.51.3 has the fix`,
              remedy: 'Update Node.js, and keep backups: jm2 backup FILE',
            },
          ],
  ),
  check(
    'zone-data',
    'host',
    'the time-zone data is right for the zones of the jobs',
    'zones',
    ({ warnings, isWrong }) =>
      warnings.length === 0
        ? []
        : [
            {
              severity: isWrong ? 'major' : 'minor',
              summary: isWrong ? 'jobs start at wrong local times' : 'the time-zone data is old',
              detail: some(warnings),
              remedy: 'Update Node.js, or give it newer data with NODE_ICU_DATA, then: jm2 restart',
            },
          ],
  ),
  check('clock', 'host', 'nothing was written in the future', 'future', (files) => {
    const ahead = files.filter(({ aheadMs }) => aheadMs > aheadMinMs);
    if (ahead.length === 0) return [];
    const lines = ahead.map(
      ({ path, aheadMs }) => `${path}: ${formatDuration(seconds(aheadMs))} ahead`,
    );
    return [
      {
        severity: 'major',
        summary: 'files of jm2 are from the future: the clock of this host was wrong, or is',
        detail: some(lines),
        remedy: 'timedatectl status',
      },
    ];
  }),
  check('disk-room', 'host', 'the disk of the state directory has room', 'disk', (disk) => {
    const said: Saying[] = [];
    const remedy = 'jm2 flush --logs 30d --history 90d';
    const share = disk.sizeBytes === 0 ? 1 : disk.freeBytes / disk.sizeBytes;
    const detail = `${disk.path}: ${size(disk.freeBytes)} of ${size(disk.sizeBytes)} are free`;
    // On a small disk a part of it is enough.
    const below = (bytes: number, part: number): boolean =>
      disk.freeBytes < Math.min(bytes, disk.sizeBytes * part);
    if (below(diskOutBytes, 0.02)) {
      said.push({ severity: 'critical', summary: 'the disk is full', detail, remedy });
    } else if (below(diskShortBytes, 0.05)) {
      said.push({ severity: 'major', summary: 'the disk is nearly full', detail, remedy });
    } else if (below(diskLowBytes, 0.1) || share < 0.02) {
      said.push({ severity: 'minor', summary: 'the disk gets full', detail, remedy });
    }
    if (disk.freeFiles !== null && disk.freeFiles < freeFilesMin) {
      const few = `${disk.path}: ${plural(disk.freeFiles, 'file')} more`;
      said.push({
        severity: 'major',
        summary: 'the disk has no room for more files',
        detail: few,
        remedy,
      });
    }
    return said;
  }),
  check(
    'disk-kind',
    'host',
    'the state directory lies on a local disk',
    'disk',
    ({ path, network }) =>
      network === null
        ? []
        : [
            {
              severity: 'major',
              summary: 'the state directory lies on a network file system',
              detail: `${path} is on ${network}: locks may not hold there, so two daemons could run the same jobs`,
              remedy: 'jm2 config set state_dir /var/lib/jm2',
            },
          ],
  ),
  check('open-files', 'host', 'the daemon may open enough files', 'limits', ({ openFiles }) =>
    openFiles === null || openFiles >= openFilesMin
      ? []
      : [
          {
            severity: 'minor',
            summary: 'the daemon may open few files',
            detail: `${openFiles} at once; every running job needs some`,
            remedy: `ulimit -n ${openFilesMin * 4}; jm2 restart`,
          },
        ],
  ),
  check(
    'inotify',
    'host',
    'files can be watched',
    'limits',
    ({ inotifyWatches, inotifyInstances }) => {
      const lines = [
        ...(inotifyWatches !== null && inotifyWatches < inotifyWatchesMin
          ? [`fs.inotify.max_user_watches is ${inotifyWatches}`]
          : []),
        ...(inotifyInstances !== null && inotifyInstances < inotifyInstancesMin
          ? [`fs.inotify.max_user_instances is ${inotifyInstances}`]
          : []),
      ];
      if (lines.length === 0) return [];
      return [
        {
          severity: 'minor',
          summary: 'a saved manifest may be noticed up to 30 seconds late',
          detail: lines.join('\n'),
          remedy: `sysctl fs.inotify.max_user_watches=65536 fs.inotify.max_user_instances=256`,
        },
      ];
    },
  ),
];

function seconds(ms: number): number {
  return Math.round(ms / 1000) * 1000;
}

function size(bytes: number): string {
  return bytes >= 10 * 1024 * mebibyte
    ? `${Math.round(bytes / (1024 * mebibyte))} GiB`
    : `${Math.round(bytes / mebibyte)} MiB`;
}
