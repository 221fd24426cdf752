// Whole commands beside bare Node, alternating, so that both meet the same noise.
import { spawnSync } from 'node:child_process';
import { median } from './daemon.mjs';

function time(args, options) {
  const start = process.hrtime.bigint();
  const result = spawnSync(process.execPath, args, { stdio: 'ignore', ...options });
  if (result.status !== 0) throw new Error(`${args.join(' ')} ended with ${result.status}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

export function cliStart(rounds, args, options) {
  const bare = [];
  const command = [];
  for (let i = 0; i < rounds; i += 1) {
    bare.push(time(['-e', '0'], options));
    command.push(time(args, options));
  }
  return { bareMs: median(bare), commandMs: median(command) };
}
