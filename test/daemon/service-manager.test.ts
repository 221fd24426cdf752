import { describe, expect, it } from 'vitest';
import { createServiceManager, type ServiceManager } from '../../src/daemon/service-manager.ts';
import { FakeClock } from '../support/fake-clock.ts';

const watched = { NOTIFY_SOCKET: '/run/notify', WATCHDOG_USEC: '60000000', WATCHDOG_PID: '7' };

function aManager(env: Readonly<Record<string, string>> = watched): {
  manager: ServiceManager;
  clock: FakeClock;
  sent: string[][];
  warnings: string[];
  answer: { value: string | null };
} {
  const clock = new FakeClock('2027-01-01T00:00:00Z');
  const sent: string[][] = [];
  const warnings: string[] = [];
  const answer: { value: string | null } = { value: '' };
  const manager = createServiceManager({
    env,
    pid: 7,
    tool: '/usr/bin/systemd-notify',
    run: (request) => {
      sent.push([...request.args]);
      return Promise.resolve(answer.value);
    },
    clock,
    monotonicUsec: () => 42n,
    warn: (message) => warnings.push(message),
  });
  return { manager, clock, sent, warnings, answer };
}
/** Everything that a resolved answer sets off has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the service manager', () => {
  it('is told one thing after the other, and what comes up meanwhile together', async () => {
    const { manager, sent } = aManager();
    manager.ready();
    manager.reloading();
    manager.describedBy(() => Promise.resolve('2 jobs\n in force'));
    await settled();
    manager.ready();
    manager.stopping();
    manager.ready();
    await settled();
    expect(sent).toEqual([
      ['READY=1'],
      ['MONOTONIC_USEC=42', 'RELOADING=1'],
      ['STATUS=2 jobs in force'],
      ['READY=1'],
      ['STOPPING=1'],
    ]);
  });

  it('is fed only as often as the loop wakes, and before half of its patience is over', async () => {
    const { manager, clock, sent } = aManager();
    for (let wake = 0; wake <= 6; wake += 1) {
      manager.alive();
      await settled();
      clock.advance(10_000);
    }
    // At 0, 20, 40 and 60 seconds.
    expect(sent).toEqual(Array.from({ length: 4 }, () => ['WATCHDOG=1']));
    // A loop that hangs gives no sign, whatever the clock says.
    clock.advance(600_000);
    await settled();
    expect(sent).toHaveLength(4);
  });

  it('hears later what it could not be told, with a fresh sign of life', async () => {
    const { manager, clock, sent, answer, warnings } = aManager();
    answer.value = null;
    manager.ready();
    manager.alive();
    await settled();
    answer.value = '';
    clock.advance(10_000);
    manager.alive();
    await settled();
    expect(sent.slice(1).flat().toSorted()).toEqual(['READY=1', 'WATCHDOG=1']);
    expect(warnings).toEqual(['the service manager could not be told']);
  });

  it.each([
    [{ NOTIFY_SOCKET: '/run/notify' }, []],
    [{ ...watched, WATCHDOG_PID: '8' }, []],
    [{ WATCHDOG_USEC: '60000000' }, []],
    [{ NOTIFY_SOCKET: '@abstract', WATCHDOG_USEC: '20000000' }, [['WATCHDOG=1']]],
  ])('with %j is fed %j', async (env, expected) => {
    const { manager, sent } = aManager(env as Record<string, string>);
    manager.alive();
    await settled();
    expect(sent).toEqual(expected);
  });

  it('is asked how things are every half minute, and told when that is another line', async () => {
    const { manager, clock, sent } = aManager({ NOTIFY_SOCKET: '/run/notify' });
    let text = 'one';
    manager.describedBy(() => Promise.resolve(text));
    await settled();
    manager.changed();
    clock.advance(30_000);
    manager.alive();
    await settled();
    text = 'two';
    clock.advance(30_000);
    manager.alive();
    await settled();
    expect(sent).toEqual([['STATUS=one'], ['STATUS=two']]);
  });
});
