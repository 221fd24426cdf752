import { expect, test } from 'vitest';
import { judgeDisk, networkName } from '../../src/daemon/network-disk.ts';

test.each([
  [0x6969, 'NFS'],
  [0xff534d42, 'SMB'],
  // The same, with its sign.
  [-11317950, 'SMB'],
  [0x00c36400, 'Ceph'],
  // tmpfs, ext4, btrfs, overlay, FUSE.
  [0x01021994, null],
  [0xef53, null],
  [0x9123683e, null],
  [0x794c7630, null],
  [0x65735546, null],
])('statfs type %i is the network file system %s', (type, name) => {
  expect(networkName(type)).toBe(name);
});

test.runIf(process.platform === 'linux')(
  'a state directory there is refused, or told when it is allowed [platform: needs statfs types of Linux]',
  () => {
    const nfs = () => 0x6969;
    expect(() => judgeDisk('/net/jm2', 'refuse', nfs)).toThrowError(
      expect.objectContaining({ code: 'JM2-D110', detail: expect.stringContaining('(NFS)') }),
    );
    expect(judgeDisk('/net/jm2', 'allow', nfs)).toContain('network file system (NFS)');
    expect(judgeDisk('/', 'refuse')).toBeNull();
  },
);
