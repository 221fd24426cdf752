import { describe, expect, it } from 'vitest';
import { editSettingsText } from '../../src/settings/edit-settings-text.ts';
import type { SettingsEdit } from '../../src/settings/edit-settings-text.ts';

const set = (key: string, value: string | number): SettingsEdit => ({ kind: 'set', key, value });
const unset = (...keys: string[]): SettingsEdit => ({ kind: 'unset', keys });

describe('an edit of a settings file leaves everything else as it was', () => {
  it.each<[string, string, SettingsEdit, string]>([
    [
      'a value, with its comment',
      '# mine\nsync: auto # why\n',
      set('sync', 'manual'),
      '# mine\nsync: manual # why\n',
    ],
    [
      'quotes of others',
      "grace: '5s'\nsync: auto\n",
      set('sync', 'manual'),
      "grace: '5s'\nsync: manual\n",
    ],
    ['a new key at the end', 'sync: auto', set('keep_runs', 50), 'sync: auto\nkeep_runs: 50\n'],
    ['the first key', '', set('sync', 'auto'), 'sync: auto\n'],
    ['below comments alone', '# only words\n', set('sync', 'auto'), '# only words\nsync: auto\n'],
    ['a key without a value', 'sync:\ngrace: 5s\n', set('sync', 'auto'), 'sync: auto\ngrace: 5s\n'],
    [
      'text that YAML would read as something else',
      'a: 1\n',
      set('home', '~'),
      'a: 1\nhome: "~"\n',
    ],
    [
      'an entry taken out',
      '# a\nsync: auto\n# b\ngrace: 5s # c\n',
      unset('grace'),
      '# a\nsync: auto\n# b\n',
    ],
    [
      'an entry of two lines taken out',
      'home: >\n  ~/x\nsync: auto\n',
      unset('home'),
      'sync: auto\n',
    ],
    ['nothing to take out', 'sync: auto\n', unset('grace'), 'sync: auto\n'],
    ['all entries', '# a\nsync: auto\nsnyc: x\n', { kind: 'reset' }, '# a\n'],
    ['flow style', '{sync: auto}\n', set('grace', '5s'), '{ sync: auto, grace: 5s }\n'],
    ['JSON', '{"sync":"auto"}', set('keep_runs', 9), '{\n  "sync": "auto",\n  "keep_runs": 9\n}\n'],
  ])('%s', (_what, before, edit, after) => {
    expect(editSettingsText(before, edit)).toMatchObject({ ok: true, text: after });
  });

  it('tells the line of a file that cannot be read', () => {
    expect(editSettingsText('sync: auto\n}', set('sync', 'manual'))).toMatchObject({
      ok: false,
      line: 2,
    });
    expect(editSettingsText('- a\n', set('sync', 'manual'))).toMatchObject({ ok: false, line: 1 });
  });
});
