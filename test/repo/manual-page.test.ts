import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { commandTable } from '../../src/cli/command-table.ts';

const page = 'man/jm2.1';
const hasMandoc = spawnSync('mandoc', ['-Tlint', '/dev/null']).error === undefined;

it.skipIf(!hasMandoc)(
  'the manual page is sound and has every command [platform: needs mandoc]',
  () => {
    const lint = spawnSync('mandoc', ['-Tlint', '-W', 'warning', page], { encoding: 'utf8' });
    expect([lint.stdout + lint.stderr, lint.status]).toEqual(['', 0]);
    const { stdout } = spawnSync('mandoc', ['-Tascii', '-Owidth=80', page], { encoding: 'utf8' });
    // Bold letters are printed twice, with a backspace between.
    const parts = stdout.split('\b');
    const shown = parts
      .map((part, at) => (at + 1 < parts.length ? part.slice(0, -1) : part))
      .join('');
    for (const { name } of commandTable)
      expect(shown).toMatch(new RegExp(`^ {5}${name}( |$)`, 'm'));
    for (const part of ['ENVIRONMENT', 'FILES', 'EXIT STATUS', 'JM2_HOME', '130 canceled']) {
      expect(shown).toContain(part);
    }
  },
);
