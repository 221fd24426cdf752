import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locationsFor } from '../../src/settings/locations.ts';

const host = { runtimeDir: null, uid: 1000 };
const settings = { home: '/home/ann/.jm2', stateDir: null };

describe('locations', () => {
  it('of a project lie below the home, named after its directory and path', () => {
    const { stateDir, manifestDir, socket } = locationsFor(
      '/srv/shop/jobs.yaml',
      false,
      settings,
      host,
    );
    expect(stateDir).toMatch(/^\/home\/ann\/\.jm2\/projects\/shop-[0-9a-f]{8}$/);
    expect(manifestDir).toBe('/srv/shop');
    expect(socket).toBe(join(stateDir, 'daemon.sock'));
  });

  it('differ for projects of one name, and agree for one path', () => {
    const a = locationsFor('/srv/a/shop/jobs.yaml', false, settings, host).stateDir;
    const b = locationsFor('/srv/b/shop/jobs.yaml', false, settings, host).stateDir;
    expect(a).not.toBe(b);
    expect(locationsFor('/srv/a/shop/../shop/jobs.yaml', false, settings, host).stateDir).toBe(a);
  });

  it('of .jm2/jobs.yaml are named after the project, not after .jm2', () => {
    const { stateDir } = locationsFor('/srv/shop/.jm2/jobs.yaml', false, settings, host);
    expect(stateDir).toMatch(/\/projects\/shop-[0-9a-f]{8}$/);
  });

  it('of the user manifest are the home itself', () => {
    const path = '/home/ann/.jm2/jobs.yaml';
    expect(locationsFor(path, true, settings, host).stateDir).toBe('/home/ann/.jm2');
  });

  it('follow an explicit state directory', () => {
    const explicit = { ...settings, stateDir: '/var/lib/jm2' };
    const found = locationsFor('/srv/shop/jobs.yaml', false, explicit, host);
    expect(found.database).toBe('/var/lib/jm2/jm2.db');
  });

  it('move a socket of more than 100 bytes to a short directory of the user', () => {
    const explicit = { ...settings, stateDir: `/var/${'ü'.repeat(45)}` };
    const place = (runtimeDir: string | null) =>
      locationsFor('/srv/shop/jobs.yaml', false, explicit, { runtimeDir, uid: 1000 }).socket;
    expect(place(null)).toMatch(/^\/tmp\/jm2-1000\/[0-9a-f]{16}\.sock$/);
    expect(place('/run/user/1000')).toMatch(/^\/run\/user\/1000\/jm2\/[0-9a-f]{16}\.sock$/);
  });
});
