import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { offsetAt } from '../../src/core/schedule/zone.ts';
import { parseZdump, readHostRelease, readHostZones } from '../../src/system/host-zone-data.ts';

const hour = 3_600_000;

describe('the zone data of the host', () => {
  it.each([
    ['tzdata.zi', '# version 2026c\n# This zic input file is in the public domain.\n', '2026c'],
    ['+VERSION', '2025b\n', '2025b'],
    ['tzdata.zi', 'R d 1916 o - Jun 14 23s 1 S\n', null],
  ])('has its release in %s', async (name, text, expected) => {
    const folder = await mkdtemp(join(tmpdir(), 'jm2-zoneinfo-'));
    await writeFile(join(folder, name), text);
    expect(readHostRelease(folder)).toBe(expected);
    await rm(folder, { recursive: true });
    expect(readHostRelease(folder)).toBeNull();
  });

  it('is read as offsets from each change on', () => {
    const output = `America/Vancouver  -9223372036854775808 = NULL
America/Vancouver  Sun Mar  8 09:59:59 2026 UT = Sun Mar  8 01:59:59 2026 PST isdst=0 gmtoff=-28800
America/Vancouver  Sun Mar  8 10:00:00 2026 UT = Sun Mar  8 03:00:00 2026 PDT isdst=1 gmtoff=-25200
Europe/Berlin  Sun Oct 25 00:59:59 2026 UTC = Sun Oct 25 02:59:59 2026 CEST isdst=1 gmtoff=7200
no line of this tool
`;
    expect([...parseZdump(output)]).toEqual([
      [
        'America/Vancouver',
        [
          [Date.parse('2026-03-08T09:59:59Z'), -8 * hour],
          [Date.parse('2026-03-08T10:00:00Z'), -7 * hour],
        ],
      ],
      ['Europe/Berlin', [[Date.parse('2026-10-25T00:59:59Z'), 2 * hour]]],
    ]);
  });

  it('is nothing when the tool fails, and names that are no zones are not handed to it', async () => {
    const asked: (readonly string[])[] = [];
    const fails = async ({ args }: { readonly args: readonly string[] }): Promise<null> => {
      asked.push(args);
      return null;
    };
    expect([
      ...(await readHostZones(['UTC', '-v', '/etc/passwd'], { from: 2025, to: 2028 }, fails)),
    ]).toEqual([]);
    expect([...(await readHostZones([], { from: 2025, to: 2028 }, fails))]).toEqual([]);
    expect(asked).toEqual([['-v', '-c', '2025,2028', 'UTC']]);
  });

  const hasZdump = existsSync('/usr/bin/zdump') || existsSync('/usr/sbin/zdump');
  it.skipIf(!hasZdump)(
    'is what zdump says, and agrees on Berlin with the runtime [platform: needs zdump]',
    async () => {
      const steps = (await readHostZones(['Europe/Berlin'], { from: 2024, to: 2027 })).get(
        'Europe/Berlin',
      );
      expect(steps?.length).toBeGreaterThanOrEqual(6);
      for (const [at, offset] of steps ?? []) expect(offsetAt('Europe/Berlin', at)).toBe(offset);
    },
  );
});
