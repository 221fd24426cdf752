import { expect, it } from 'vitest';
import { starterManifest } from '../../src/cli/starter-manifest.ts';
import { formatManifest } from '../../src/core/manifest/edit/format-manifest.ts';

const text = starterManifest('Europe/Berlin');

it('the starter manifest is in canonical form, for whoever checks that from the first day', () => {
  expect(formatManifest(text)).toEqual({ ok: true, text });
});

it('the starter manifest fits a terminal of 80 columns', () => {
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
