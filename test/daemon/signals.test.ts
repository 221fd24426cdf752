import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { handleSignals } from '../../src/daemon/signals.ts';

function setUp() {
  const source = new EventEmitter();
  const did: string[] = [];
  const clock = { ms: 0 };
  const off = handleSignals(
    source,
    {
      drain: (why) => did.push(`drain ${why}`),
      kill: (why) => did.push(`kill ${why}`),
      detach: (why) => did.push(`detach ${why}`),
      reconcile: (why) => did.push(`reconcile ${why}`),
      crash: (error) => {
        did.push(`crash ${String(error)}`);
        throw error;
      },
    },
    { onTerminal: false, monotonic: () => clock.ms },
  );
  return { source, did, off, clock };
}

describe('signals', () => {
  test('the first stop signal drains, the second kills, whichever they are', () => {
    const { source, did } = setUp();
    source.emit('SIGINT');
    source.emit('SIGTERM');
    expect(did).toEqual(['drain SIGINT', 'kill SIGTERM']);
  });

  test('a repeat within a quarter of a second is the same wish, a later one kills', () => {
    const { source, did, clock } = setUp();
    source.emit('SIGINT');
    source.emit('SIGINT');
    clock.ms = 249;
    source.emit('SIGINT');
    expect(did).toEqual(['drain SIGINT']);
    clock.ms = 250;
    source.emit('SIGINT');
    expect(did).toEqual(['drain SIGINT', 'kill SIGINT']);
  });

  test('SIGUSR2 leaves with the jobs running', () => {
    const { source, did } = setUp();
    source.emit('SIGUSR2');
    expect(did).toEqual(['detach SIGUSR2']);
  });

  test('SIGHUP looks at the manifest when no terminal was lost', () => {
    const { source, did } = setUp();
    source.emit('SIGHUP');
    expect(did).toEqual(['reconcile SIGHUP']);
  });

  test('an unknown failure ends the process without a drain', () => {
    const { source, did } = setUp();
    expect(() => source.emit('uncaughtException', new Error('boom'))).toThrow('boom');
    expect(() => source.emit('unhandledRejection', new Error('bang'))).toThrow('bang');
    expect(did).toEqual(['crash Error: boom', 'crash Error: bang']);
  });

  test('nothing is listened to after the end', () => {
    const { source, did, off } = setUp();
    off();
    source.emit('SIGTERM');
    expect(did).toEqual([]);
    expect(source.eventNames()).toEqual([]);
  });
});
