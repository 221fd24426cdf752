// Accounts of the machine by name or by id: the passwd file first, then
// `getent`, which also knows accounts of directory services.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** Null when the machine knows no such account. */
export function findAccount(key: string | number): Account | null {
  // A name goes to getent as an argument: one that looks like an option or holds
  // separators cannot be an account.
  if (typeof key === 'string' && !/^[A-Za-z0-9_][A-Za-z0-9_.@+-]*\$?$/.test(key)) return null;
  return inPasswd(readPasswd(), key) ?? inPasswd(askGetent(key), key);
}

/** The account this process runs as; a bare one when its uid has no entry. */
export function ownAccount(): Account {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const known = findAccount(uid);
  return known ?? { name: String(uid), uid, gid, home: '/', shell: '/bin/sh' };
}

/** A line is `name:password:uid:gid:comment:home:shell` (passwd(5)). */
export function inPasswd(text: string, key: string | number): Account | null {
  for (const line of text.split('\n')) {
    const [name, , uid, gid, , home, shell] = line.split(':');
    if (name === undefined || !/^\d+$/.test(uid ?? '') || !/^\d+$/.test(gid ?? '')) continue;
    if (name !== key && Number(uid) !== key) continue;
    return {
      name,
      uid: Number(uid),
      gid: Number(gid),
      home: home === undefined || home === '' ? '/' : home,
      shell: shell === undefined || shell === '' ? '/bin/sh' : shell,
    };
  }
  return null;
}

/**
 * Whether the account is a member of groups beside its own. Asked of the group
 * file first, then of `id`, which also knows directory services.
 */
export function hasSupplementaryGroups(account: Account): boolean {
  return isMember(readText('/etc/group'), account.name) || askId(account).length > 1;
}

/** A line is `name:password:gid:members` (group(5)). */
export function isMember(text: string, name: string): boolean {
  return text.split('\n').some((line) => (line.split(':')[3] ?? '').split(',').includes(name));
}

function askId(account: Account): string[] {
  try {
    const answer = execFileSync('id', ['-G', account.name], {
      encoding: 'utf8',
      timeout: 5_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return answer.trim().split(/\s+/);
  } catch {
    return [];
  }
}

function readPasswd(): string {
  return readText('/etc/passwd');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function askGetent(key: string | number): string {
  try {
    return execFileSync('getent', ['passwd', String(key)], {
      encoding: 'utf8',
      timeout: 5_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return '';
  }
}
