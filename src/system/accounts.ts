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

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
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
