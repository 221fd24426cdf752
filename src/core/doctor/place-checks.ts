// Settings, the manifest, and who may read and write what belongs to jm2.
import { check } from './check.ts';
import type { RightsFact } from './facts.ts';
import { octal, plural, shellWord, some, type Saying } from './finding.ts';

export const placeChecks = [
  check('settings', 'place', 'the settings are accepted', 'settings', (problems) =>
    problems.length === 0
      ? []
      : [
          {
            severity: 'critical',
            summary: 'the settings are not accepted, so no command works',
            detail: some(problems),
            remedy: 'jm2 config list --origin',
          },
        ],
  ),
  check('manifest-place', 'place', 'there is a manifest', 'place', ({ missing }) =>
    missing === null
      ? []
      : [
          {
            severity: 'critical',
            summary: 'there is no manifest here',
            detail: missing,
            remedy: 'jm2 init',
          },
        ],
  ),
  check('manifest-content', 'place', 'the manifest is accepted', 'source', (source) => {
    if (source.state === 'accepted') return [];
    const stays = source.revision > 0;
    const holds = stays ? `revision ${source.revision} stays in force` : 'nothing is in force';
    const what = {
      invalid: 'is not accepted',
      missing: 'is not there',
      unreadable: 'cannot be read',
    }[source.state];
    return [
      {
        severity: stays ? 'major' : 'critical',
        summary: `the manifest ${what}; ${holds}`,
        detail: some(source.errors),
        remedy:
          source.state === 'missing' ? `git checkout -- ${shellWord(source.path)}` : 'jm2 validate',
      },
    ];
  }),
  check('manifest-warnings', 'place', 'the manifest has no warnings', 'source', ({ warnings }) =>
    warnings.length === 0
      ? []
      : [
          {
            severity: 'minor',
            summary: `the manifest has ${plural(warnings.length, 'warning')}`,
            detail: some(warnings),
            remedy: 'jm2 validate',
          },
        ],
  ),
  check('manifest-rights', 'place', 'only you may change what runs', 'rights', (rights, { uid }) =>
    rights
      .filter(({ what }) => ['manifest', 'manifest directory', 'settings file'].includes(what))
      .flatMap((right) => changeableBy(right, uid)),
  ),
  check('state-rights', 'place', 'the state directory is private', 'rights', (rights, { uid }) =>
    rights
      .filter(({ what }) => what === 'state directory' || what === 'state file')
      .flatMap((right) => notPrivate(right, uid)),
  ),
];

const stickyBit = 0o1000;

/** Whoever may write the manifest, or replace it, runs commands as this account. */
function changeableBy({ path, what, mode, uid: owner }: RightsFact, uid: number): Saying[] {
  if (owner !== uid && owner !== 0 && uid !== 0) {
    const detail = `${path} belongs to uid ${owner}, who decides what runs as uid ${uid}`;
    return [
      {
        severity: 'major',
        summary: `the ${what} belongs to another account`,
        detail,
        remedy: null,
      },
    ];
  }
  // In a directory such as /tmp nobody can replace the file of somebody else.
  if (what === 'manifest directory' && (mode & stickyBit) !== 0) return [];
  const detail = `${path} has mode ${octal(mode)}`;
  if ((mode & 0o002) !== 0) {
    return [
      {
        severity: 'critical',
        summary: `everybody on this host may write the ${what}, and so run commands as you`,
        detail,
        remedy: `chmod o-w ${shellWord(path)}`,
        fix: { kind: 'chmod', path, mode: mode & 0o7775 },
      },
    ];
  }
  if ((mode & 0o020) === 0 || what === 'manifest directory') return [];
  return [
    {
      severity: 'minor',
      summary: `a group may write the ${what}, and so run commands as you`,
      detail,
      remedy: `chmod g-w ${shellWord(path)}`,
    },
  ];
}

function notPrivate(
  { path, what, mode, uid: owner, isLink, isDirectory }: RightsFact,
  uid: number,
): Saying[] {
  if (isLink) {
    if (what === 'state file') return [];
    const detail = `${path} is a symbolic link; the daemon does not start there`;
    return [
      { severity: 'critical', summary: 'the state directory is a link', detail, remedy: null },
    ];
  }
  if (what === 'state directory' && !isDirectory) {
    const summary = 'the state directory is no directory';
    return [{ severity: 'critical', summary, detail: path, remedy: null }];
  }
  if (owner !== uid) {
    return [
      {
        severity: what === 'state directory' ? 'critical' : 'major',
        summary: `a ${what} belongs to another account`,
        detail: `${path} belongs to uid ${owner}, and this is uid ${uid}`,
        remedy:
          uid === 0
            ? `chown -R root: ${shellWord(path)}`
            : `Use that account, or: sudo chown -R "$(id -un)": ${shellWord(path)}`,
      },
    ];
  }
  if ((mode & 0o077) === 0) return [];
  const wanted = what === 'state directory' ? 0o700 : mode & 0o700;
  return [
    {
      severity: (mode & 0o022) === 0 ? 'major' : 'critical',
      summary: `others may ${(mode & 0o022) === 0 ? 'read' : 'write'} a ${what}`,
      detail: `${path} has mode ${octal(mode)}`,
      remedy: `chmod ${octal(wanted).slice(1)} ${shellWord(path)}`,
      fix: { kind: 'chmod', path, mode: wanted },
    },
  ];
}
