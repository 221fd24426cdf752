import { expect, it } from 'vitest';
import { nameFor, uniqueName } from '../../../src/core/exchange/job-names.ts';

it.each([
  ['echo hi', 'echo-hi'],
  ['/usr/local/bin/backup.sh --all /srv', 'backup-srv'],
  ['sudo -u www env A=1 ./report.py', 'www-report'],
  [['curl', '-fsS', 'https://example.org/ping'], 'curl-ping'],
  ['set -e\ncd /srv && ./run', 'set-srv'],
  ['"$X"', 'x'],
  ['/srv/backup.sh >/dev/null 2>&1', 'backup'],
  ['pg_dump shop > /srv/shop.sql && sync', 'pg_dump-shop'],
  ['wc -l < list.txt', 'wc'],
  ['…', 'job'],
])('%j is named %s', (command, name) => {
  expect(nameFor(command)).toBe(name);
});

it('a name that is taken gets the first free number, within the length of a name', () => {
  expect(uniqueName('a', new Set(['a', 'a-2']))).toBe('a-3');
  expect(uniqueName('x'.repeat(63), new Set(['x'.repeat(63)]))).toBe(`${'x'.repeat(61)}-2`);
});
