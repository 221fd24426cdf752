import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256OfShort } from '../../src/system/sha256.ts';

const byNode = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the digest of a path', () => {
  it('is what the standard gives for abc', () => {
    expect(sha256OfShort('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('is that of node:crypto at each length around the ends of blocks', () => {
    for (let length = 0; length <= 260; length += 1) {
      const text = '/srv/jobs.yaml'.repeat(20).slice(0, length);
      expect(sha256OfShort(text)).toBe(byNode(text));
    }
  });

  it('is that of node:crypto for characters of several bytes', () => {
    for (const text of ['/home/jörg/jobs.yaml', '/データ/ジョブ', '🗓/jobs', '\u{0}', '\ud800']) {
      expect(sha256OfShort(text)).toBe(byNode(text));
    }
  });
});
