// Edits on a disk that takes nothing more, or nothing at all: the file stays as it was.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject } from '../support/cli.ts';
import type { CallResult, Project } from '../support/cli.ts';
import { aSmallDisk, canMount } from '../support/small-disk.ts';
import type { SmallDisk } from '../support/small-disk.ts';

const manifest = `version: 1\njobs:\n  alpha: {command: "true"}\n# ${'-'.repeat(9_000)}\n`;
const add = ['add', 'echo more', '--name', 'more', '--cron', '0 4 * * *', '--yes', '--json'];

describe.skipIf(!canMount)('an edit [platform: needs root and mount namespaces]', () => {
  let disk: SmallDisk;
  let project: Project;
  beforeAll(async () => {
    disk = await aSmallDisk(1);
    writeFileSync(join(disk.root, 'jobs.yaml'), manifest);
    project = await aProject(null, {
      through: disk.through,
      env: { JM2_MANIFEST: `${disk.mount}/jobs.yaml` },
    });
  });
  afterAll(async () => {
    await project.cleanUp();
    await disk.close();
  });

  const content = (): string => readFileSync(join(disk.root, 'jobs.yaml'), 'utf8');
  const edits = (): Promise<CallResult[]> =>
    Promise.all([
      project.call(add),
      project.call(['edit', 'alpha', '--timeout', '9s', '--yes', '--json']),
      project.call(['remove', 'alpha', '--yes', '--json']),
    ]);

  it('of a file whose disk is full is an error, and leaves the file whole', async () => {
    disk.fill();
    const ended = await edits();
    disk.empty();
    expect(ended.map(({ code, json }) => [code, json().error?.code])).toEqual([
      [1, 'JM2-C107'],
      [1, 'JM2-C107'],
      [1, 'JM2-C107'],
    ]);
    expect(ended[0]?.json().error?.detail).toContain('ENOSPC');
    expect(content()).toBe(manifest);
  });

  it('of a file on a read-only file system is refused, with the change to make elsewhere', async () => {
    disk.remount('ro');
    const ended = await edits();
    disk.remount('rw');
    expect(ended.map(({ code, json }) => [code, json().error?.code])).toEqual([
      [5, 'JM2-P205'],
      [5, 'JM2-P205'],
      [5, 'JM2-P205'],
    ]);
    expect(ended[0]?.json().data['diff']).toContain('+  more:');
    expect(content()).toBe(manifest);
  });
});

describe('edits at once', () => {
  let project: Project;
  beforeAll(async () => {
    project = await aProject('version: 1\njobs:\n  first: {command: "true"}\n');
  });
  afterAll(() => project.cleanUp());

  it('by two commands, ten each, are all made, and none is refused', async () => {
    const codes: (number | null)[] = [];
    const tenOf = async (side: string): Promise<void> => {
      for (let count = 0; count < 10; count += 1) {
        const args =
          count % 2 === 0
            ? ['add', 'true', '--name', `${side}${count}`, '--yes', '--json']
            : ['edit', 'first', '--tag-add', `${side}${count}`, '--yes', '--json'];
        codes.push((await project.call(args)).code);
      }
    };
    await Promise.all([tenOf('a'), tenOf('b')]);
    expect(codes).toEqual(Array.from({ length: 20 }, () => 0));
    const text = readFileSync(project.manifest, 'utf8');
    expect(
      text
        .match(/^ {2}[ab]\d:/gm)
        ?.toSorted()
        .join(''),
    ).toBe(['a', 'b'].flatMap((side) => [0, 2, 4, 6, 8].map((n) => `  ${side}${n}:`)).join(''));
    expect((/tags: \[(.+)\]/.exec(text)?.[1] ?? '').split(', ').toSorted()).toEqual(
      ['a', 'b'].flatMap((side) => [1, 3, 5, 7, 9].map((n) => `${side}${n}`)),
    );
  });
});
