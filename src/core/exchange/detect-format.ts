// Which format a text is in that is to be imported.
export const importFormats = [
  'crontab',
  'crontab-system',
  'systemd',
  'kubernetes',
  'yaml',
  'json',
] as const;
export type ImportFormat = (typeof importFormats)[number];

const account = /^[a-z_][\w.-]*\$?(:[\w.-]+)?$/;

/** Null when it cannot be told. */
export function detectFormat(path: string, text: string): ImportFormat | null {
  const content = text.replace(/^\ufeff/, '');
  if (/^\[(Timer|Service|Unit)\]/m.test(content)) return 'systemd';
  if (/^\s*"?kind"?\s*:\s*"?(CronJob|List)\b/m.test(content)) return 'kubernetes';
  if (content.trimStart().startsWith('{')) return 'json';
  if (/^(version|jobs)\s*:/m.test(content)) return 'yaml';
  if (path === '/etc/crontab' || path.startsWith('/etc/cron.d/')) return 'crontab-system';
  const lines = content
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => /^-?[\d*@]/.test(line));
  const commands = lines.map((line) =>
    line.startsWith('@') ? line.split(/\s+/).slice(1) : line.split(/\s+/).slice(5),
  );
  if (commands.length === 0 || commands.some((words) => words.length === 0)) {
    return /\.(crontab|cron)$/.test(path) ? 'crontab' : null;
  }
  // `0 3 * * * root /usr/bin/x`: a column of accounts, root among them.
  const hasUsers = commands.every(([first = '', second]) => {
    return account.test(first) && second !== undefined;
  });
  return hasUsers && commands.some(([first]) => first === 'root') ? 'crontab-system' : 'crontab';
}
