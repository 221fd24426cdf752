// Asks git about a repository, in a way in which the repository cannot make git
// start anything, fetch, or wait for a person. What is asked is left to others.
import { runTool } from './run-tool.ts';
import type { RunTool } from './run-tool.ts';

const timeoutMs = 2_000;

export interface GitQuestion {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly outputMaxBytes?: number;
  readonly timeoutMs?: number;
}

/** Standard output; null when git is absent or says no. */
export function askGit(
  question: GitQuestion,
  tools: { readonly run?: RunTool; readonly path?: string } = {},
): Promise<string | null> {
  const { outputMaxBytes } = question;
  return (tools.run ?? runTool)({
    file: 'git',
    // The repository's own configuration must not make git start anything.
    args: [
      '-c',
      'core.hooksPath=/dev/null',
      '-c',
      'core.fsmonitor=false',
      '-c',
      'protocol.ext.allow=never',
      ...question.args,
    ],
    cwd: question.cwd,
    env: {
      PATH: tools.path ?? process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
      HOME: process.env['HOME'] ?? '/',
      LC_ALL: 'C',
      GIT_TERMINAL_PROMPT: '0',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_NO_LAZY_FETCH: '1',
    },
    timeoutMs: question.timeoutMs ?? timeoutMs,
    ...(outputMaxBytes === undefined ? {} : { outputMaxBytes }),
  });
}
