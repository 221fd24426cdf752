import { expect, it } from 'vitest';
import { ownZone } from '../../src/cli/own-zone.ts';

it.each([
  ['UTC', 'UTC'],
  ['Europe/Berlin', Intl.DateTimeFormat().resolvedOptions().timeZone],
])('with TZ=%s it is what the engine says', (variable, zone) => {
  expect(ownZone({ TZ: variable })).toBe(zone);
});

it('without TZ it is that of the host', () => {
  const before = process.env['TZ'];
  delete process.env['TZ'];
  const ofHost = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(ownZone({})).toBe(ofHost);
  if (before !== undefined) process.env['TZ'] = before;
});
