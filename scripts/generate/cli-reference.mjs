// The reference of the command line: every command with its options and
// examples, jm2's own settings, exit codes. Made from the same definitions that
// the help texts come from.
import { exitCodes, runExitCodes } from './exit-codes.mjs';

const cell = (text) => String(text).replaceAll('|', '\\|');

function commandSection(command) {
  const words = command.arguments.map((argument) => ` ${argument.name}`).join('');
  const options = command.options.filter((option) => option.hidden !== true);
  const lines = [
    `### jm2 ${command.name}${words}`,
    '',
    `${command.summary}. ${command.description}`,
  ];
  if (command.arguments.length + options.length > 0) {
    lines.push('', '| option | meaning |', '|---|---|');
    for (const argument of command.arguments) {
      lines.push(`| \`${cell(argument.name)}\` | ${cell(argument.description)} |`);
    }
    for (const option of options) {
      const choices = option.choices === undefined ? '' : ` (${option.choices.join(', ')})`;
      lines.push(`| \`${cell(option.flags)}\` | ${cell(option.description)}${choices} |`);
    }
  }
  lines.push('', '```sh');
  for (const example of command.examples) {
    lines.push(`${example.command.padEnd(44)} # ${example.meaning}`);
  }
  lines.push('```', '');
  return lines;
}

const intro = `# Command line

Results go to stdout, messages to stderr. Colour and progress appear on a
terminal only; \`NO_COLOR\` and \`--no-color\` are respected. Without a terminal
nothing is ever asked: what would need an answer is refused.

Options of every command: \`--manifest FILE\`, \`--state-dir DIR\`, \`--json\`,
\`--no-color\`, \`--quiet\`, \`--verbose\`, \`--help\`.

## Exit codes

| code | meaning |
|---|---|
${exitCodes.map(([code, meaning]) => `| ${code} | ${meaning} |`).join('\n')}

${runExitCodes}

## JSON

\`--json\` prints one object and nothing else:

\`\`\`json
{"success": true, "data": {}}
{"success": false, "error": {"code": "JM2-D101", "summary": "…", "detail": "…", "hint": "…"}}
\`\`\`

\`data\` may stand beside \`error\`: diagnostics, or a plan that was refused.
Streams (\`logs --follow\`) print one JSON object per line. Instants are ISO 8601
in UTC; durations are numbers whose names end in \`Ms\`. Each command's object has
a JSON Schema, \`schema/output/COMMAND.schema.json\`, and each stream one for its
lines, \`COMMAND-line.schema.json\`; the most used parts in short:

| command | \`data\` |
|---|---|
| \`list\` | \`jobs[] {name, schedule, timezone, state, nextRun, lastRun}\` |
| \`preview\` | \`occurrences[] {job, nominalTime, startTime, local, timezone, note}\` |
| \`history\` | \`runs[] {id, job, trigger, nominalTime, state, exitCode, signal, attempts, queuedAt, startedAt, endedAt, durationMs, lateMs, revision, reason, notes[] {code, text, at}}\`, with \`--all\` also \`outcomes[] {job, nominalTime, disposition, reason, count}\`, with \`--run\` also \`attempts[] {attempt, state, exitCode, signal, startedAt, endedAt, reason}\` |
| \`why\` | \`job, timezone, asked, remark, explanations[] {subject, verdict, nominalTime, local, run, disposition, reason, count, answer, evidence[] {time, source, text}, hint}, more\` |
| \`validate\` | \`diagnostics[] {code, severity, summary, detail, file, path, range {start {line, column}, end}, hint}\` |
| \`plan\` | \`basis, changes[] {job, action, reason, fields[] {path, before, after, effect}, impact {nextRun {before, after}, runs {before, after}, lost[], gained[]}, hazards[] {code, severity, detail}}, summary\` |
| \`logs\` | \`lines[] {job, run, attempt, time, text}\` |
| \`status\` | \`daemon, manifest, revision {attempted, applied}, source, sync, health\` |
`;

export function cliReference({ commands, settingsSchema }) {
  const lines = [intro, '## Commands', ''];
  for (const command of commands) lines.push(...commandSection(command));
  lines.push(
    '## Settings',
    '',
    "jm2's own options, in order of precedence: flag, environment, settings file, default.",
    'A settings file is `.jm2rc` (YAML or JSON), `.jm2rc.yaml`, `.jm2rc.json`, `jm2.config.yaml` or',
    '`jm2.config.json`, looked for upwards from the working directory. `jm2 config list --origin` shows what is in',
    'force and where it came from.',
    '',
    '| key in a file | flag | variable | default | meaning |',
    '|---|---|---|---|---|',
  );
  for (const setting of settingsSchema) {
    lines.push(
      `| \`${setting.fileKey}\` | ${setting.flag === null ? '–' : `\`${setting.flag}\``} | \`${setting.variable}\` | ${setting.defaultText ?? 'found'} | ${cell(setting.description)} |`,
    );
  }
  return `${lines.join('\n')}\n`;
}
