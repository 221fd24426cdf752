import { expect, it } from 'vitest';
import { fieldList } from '../../src/cli/views/fields.ts';
import { aTerminal } from '../support/terminal.ts';

const fields = [
  ['state', 'running since Wednesday'],
  ['paused', 'one\n  by bob'],
  ['text', '日本語 の 説明'],
  ['none', null],
] as const;

it('a long value hangs under its beginning on a narrow terminal, by true widths', () => {
  expect(`\n${fieldList(fields, aTerminal({ width: 28 }))}\n`).toBe(`
state   running since
        Wednesday
paused  one
          by bob
text    日本語 の 説明
`);
  expect(fieldList(fields, aTerminal())).toContain('state   running since Wednesday\n');
});
