// Gives an answer the formats that were asked for: one on stdout, others in
// files. A file that cannot be written does not change what the command found.
import { escapeJson } from '../../core/diagnostics/escape-for-terminal.ts';
import type { ErrorBody } from '../../core/diagnostics/jm2-error.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { Answer } from '../command.ts';
import type { Context } from '../context.ts';
import { errorText } from '../views/error.ts';
import { findingsOf } from './findings.ts';
import type { Finding } from './findings.ts';
import type { FormatName, WantedFormats } from './format-names.ts';
import { pathInCheckout, outputsOf } from './report.ts';
import type { Report } from './report.ts';

/** Hosts take 65,536 characters of a comment; the rest is for who posts it. */
const commentMaxLength = 60_000;

export async function inFormats(
  context: Context,
  wanted: WantedFormats,
  answer: Answer,
  given: Report,
): Promise<Answer> {
  const report = await withChangedLines(context, wanted, given);
  const write = await import('./runner-files.ts');
  const problems: ErrorBody[] = [];
  const attempt = async (file: string, action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      const problem = operationalError('JM2-P240', {
        detail: `${context.shownPath(file)} cannot be written: ${(error as Error).message}.`,
        cause: error,
      });
      problems.push(problem.toBody());
      if (!context.output.json) {
        context.output.problem(errorText(problem, context.terminal, false));
      }
    }
  };
  for (const { format, path } of wanted.files) {
    const text = await rendered(context, format, answer, report);
    await attempt(path, () => write.writeReport(path, text));
  }
  const isForGithub =
    wanted.shown === 'github' || wanted.files.some(({ format }) => format === 'github');
  const { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: outputs } = process.env;
  if (isForGithub && summary !== undefined && summary !== '') {
    const { markdown } = await import('./markdown.ts');
    // No character takes more than three bytes for each of its UTF-16 units.
    await attempt(summary, () =>
      write.addSummary(summary, (bytes) => markdown(report, Math.floor(bytes / 3))),
    );
  }
  if (isForGithub && outputs !== undefined && outputs !== '') {
    const { outputLines } = await import('./github.ts');
    await attempt(outputs, () => write.addOutputs(outputs, outputLines(outputsOf(report))));
  }
  const shown = await onStdout(context, wanted.shown, answer, report);
  const [problem] = problems;
  if (problem === undefined) return shown;
  // The plan's own code stands; where it would say that all is well, something is not.
  const code = shown.exitCode ?? (shown.error === undefined ? ExitCode.ok : ExitCode.failure);
  return {
    ...shown,
    error: shown.error ?? problem,
    exitCode: code === ExitCode.ok ? ExitCode.failure : code,
  };
}

/** Where a host shows only some findings, those of the change come before others. */
async function withChangedLines(
  context: Context,
  { shown, files }: WantedFormats,
  report: Report,
): Promise<Report> {
  const isCutByHosts = [shown, ...files.map(({ format }) => format)].some((format) =>
    ['github', 'sarif', 'gitlab'].includes(format),
  );
  if (!isCutByHosts || report.diagnostics.length < 2) return report;
  const { baseOfReview, changedLines } = await import('./changed-lines.ts');
  const base = baseOfReview(report.against, process.env);
  if (base === null) return report;
  const named = report.diagnostics.flatMap(({ file }) => file ?? []);
  return { ...report, isChanged: await changedLines(context.cwd, base, named) };
}

async function onStdout(
  context: Context,
  format: FormatName,
  answer: Answer,
  report: Report,
): Promise<Answer> {
  if (format === 'human' || format === 'json') return answer;
  let text = await rendered(context, format, answer, report);
  if (format === 'github' && !context.output.quiet) {
    const { logWithAnnotations } = await import('./github.ts');
    const human = await rendered(context, 'human', answer, report);
    text = logWithAnnotations(human.trimEnd(), findingsIn(context, report));
  }
  // It is the result, also where it is about problems: a reader waits for it on stdout.
  return { ...answer, problem: false, text: () => text };
}

async function rendered(
  context: Context,
  format: FormatName,
  answer: Answer,
  report: Report,
): Promise<string> {
  const root = process.env['GITHUB_WORKSPACE'] ?? process.env['CI_PROJECT_DIR'] ?? context.cwd;
  const findings = () =>
    findingsOf(report, (file) => pathInCheckout(file, { cwd: context.cwd, root }));
  switch (format) {
    case 'human': {
      const plain = {
        ...context.terminal,
        // Asked for when needed only.
        zone: context.terminal.zone,
        width: Number.POSITIVE_INFINITY,
        isTty: false,
        canAnimate: false,
        style: (_style: string, text: string) => text,
      };
      return `${answer.text(plain)}\n`;
    }
    case 'json':
      return `${escapeJson(JSON.stringify(envelope(answer)))}\n`;
    case 'jsonl':
      return (await import('./jsonl.ts')).jsonLines(report, answer.error);
    case 'markdown':
      return (await import('./markdown.ts')).markdown(report, commentMaxLength);
    case 'github':
      return (await import('./github.ts')).annotations(findings());
    case 'gitlab': {
      const gitlab = await import('./gitlab.ts');
      return report.command === 'plan'
        ? gitlab.planWidget(report.plan)
        : gitlab.codeQuality(findings());
    }
    case 'sarif':
      return (await import('./sarif.ts')).sarif(report, findings());
    case 'junit':
      return (await import('./junit.ts')).junit(report, findings());
    case 'dotenv':
      return (await import('./gitlab.ts')).dotenv(outputsOf(report));
  }
}

function findingsIn({ cwd }: Context, report: Report): Finding[] {
  const root = process.env['GITHUB_WORKSPACE'] ?? process.env['CI_PROJECT_DIR'] ?? cwd;
  return findingsOf(report, (file) => pathInCheckout(file, { cwd, root }));
}

function envelope({ data, error }: Answer): object {
  return error === undefined ? { success: true, data } : { success: false, error, data };
}
