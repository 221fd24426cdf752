import { createServer } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSource } from '../../src/reconciler/read-source.ts';
import { sha256 } from '../../src/system/digest.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jm2-read-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

describe('reading the source', () => {
  it.each([0, 1, 300_000])('gives all of %d bytes and their digest', async (size) => {
    const content = Buffer.alloc(size, 'ä');
    await writeFile(join(root, 'f'), content);
    const read = await readSource(join(root, 'f'), sha256);
    expect(read).toMatchObject({ kind: 'read', digest: sha256(content) });
    if (read.kind === 'read') expect(Buffer.compare(read.bytes, content)).toBe(0);
  });

  it('stops one byte behind what a manifest may have', async () => {
    await writeFile(join(root, 'f'), Buffer.alloc(64 * 1024 * 1024 + 1000));
    const read = await readSource(join(root, 'f'), () => '');
    expect(read.kind === 'read' && read.bytes.length).toBe(64 * 1024 * 1024 + 1);
  });

  it('tells a missing directory, a device and a socket apart', async () => {
    expect(await readSource(join(root, 'x', 'f'), sha256)).toMatchObject({ kind: 'missing' });
    expect(await readSource('/dev/null', sha256)).toEqual({
      kind: 'unreadable',
      detail: '/dev/null is a device, not a file',
    });
    const path = join(root, 's');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    expect(await readSource(path, sha256)).toMatchObject({ kind: 'unreadable' });
    await new Promise((resolve) => server.close(resolve));
  });
});
