// The time-zone data of the host: its release, and how zones run by it. Only a
// word to compare with; the program itself computes with the runtime's data.
import { readSync, openSync, closeSync } from 'node:fs';
import { runTool } from './run-tool.ts';
import type { RunTool } from './run-tool.ts';

const folder = '/usr/share/zoneinfo';
/** What zdump prints of one zone and three years is below 2 KiB; a tool's output is bounded. */
const zonesMax = 25;
const withinMs = 2_000;

/** Such as `2026a`; null when the host does not say. */
export function readHostRelease(from: string = folder): string | null {
  return releaseIn(firstBytes(`${from}/tzdata.zi`)) ?? releaseIn(firstBytes(`${from}/+VERSION`));
}

/**
 * By zone, the offsets (ms) from each of its changes on, in the years from
 * `fromYear` to before `toYear`. Zones that cannot be asked about are left out.
 */
export async function readHostZones(
  zones: readonly string[],
  years: { readonly from: number; readonly to: number },
  run: RunTool = runTool,
): Promise<ReadonlyMap<string, readonly (readonly [number, number])[]>> {
  // The tool takes a name for a file's path, too.
  const asked = zones.filter((zone) => /^[A-Za-z][\w+/-]*$/.test(zone)).slice(0, zonesMax);
  if (asked.length === 0) return new Map();
  const output = await run({
    file: 'zdump',
    args: ['-v', '-c', `${years.from},${years.to}`, ...asked],
    cwd: '/',
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' },
    timeoutMs: withinMs,
  });
  return output === null ? new Map() : parseZdump(output);
}

const line =
  /^(\S+) +\w{3} (\w{3}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4}) (?:UTC?|GMT) = .* gmtoff=(-?\d{1,6})$/;

export function parseZdump(output: string): Map<string, [number, number][]> {
  const zones = new Map<string, [number, number][]>();
  for (const text of output.split('\n')) {
    const [, zone, month, day, time, year, seconds] = line.exec(text) ?? [];
    if (zone === undefined) continue;
    const at = Date.parse(`${day} ${month} ${year} ${time} GMT`);
    const steps = zones.get(zone) ?? [];
    zones.set(zone, steps);
    // Each change has a line for the second before it, which says nothing new.
    if (Number.isNaN(at) || steps.at(-1)?.[1] === Number(seconds) * 1000) continue;
    steps.push([at, Number(seconds) * 1000]);
  }
  return zones;
}

function releaseIn(text: string): string | null {
  return /^(?:# version )?(\d{4}[a-z])\s/.exec(text)?.[1] ?? null;
}

/** The zone file is large; its first line is all that is wanted. */
function firstBytes(path: string): string {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    const bytes = Buffer.alloc(64);
    return bytes.toString('latin1', 0, readSync(file, bytes));
  } catch {
    return '';
  } finally {
    if (file !== null) closeSync(file);
  }
}
