#!/usr/bin/env node
// The program's entry. Only what every call needs is loaded here; `--version`
// is answered before anything else, so that asking costs a bare node start.
import module from 'node:module';
import type * as Quick from './quick.ts';

const version = typeof JM2_VERSION === 'string' ? JM2_VERSION : 'development';
const args = process.argv.slice(2);

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${version}\n`);
} else if (args[0] === '__complete') {
  // Asked by completion scripts at each Tab.
  keepCompiled();
  const { answerShell } = await import('./completion/answer-shell.ts');
  await answerShell(args.slice(1), version);
} else {
  keepCompiled();
  if (!(await isAnsweredQuickly())) {
    const { main } = await import('./program.ts');
    await main(args, version);
  }
}

/** Ends the process when it is; what that part cannot tell is left to the whole program. */
async function isAnsweredQuickly(): Promise<boolean> {
  if (
    !['list', 'status'].includes(args[0] ?? '') ||
    args.includes('--verbose') ||
    typeof JM2_QUICK !== 'string'
  )
    return false;
  let quick: typeof Quick;
  try {
    quick = module.createRequire(import.meta.url)(JM2_QUICK) as typeof Quick;
  } catch {
    // As while another version is being installed.
    return false;
  }
  return quick.answerQuickly(args, version);
}

/** From Node 22.1 on; compiled code is kept between calls, which halves start-up. */
function keepCompiled(): void {
  (module as { enableCompileCache?: () => void }).enableCompileCache?.();
}
