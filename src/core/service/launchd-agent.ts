// The property list of a daemon for launchd: the same promises as the unit for
// systemd, as far as launchd has words for them.
import type { ServiceSpec } from './service.ts';

/** launchd waits this long between two starts. */
const throttleSeconds = 10;

export function launchdAgent(spec: ServiceSpec): string {
  const env = Object.entries(spec.env).flatMap(([name, value]) => [
    `    <key>${xml(name)}</key>`,
    `    <string>${xml(value)}</string>`,
  ]);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    ...text('Label', spec.name),
    ...(spec.account === null ? [] : text('UserName', spec.account)),
    '  <key>ProgramArguments</key>',
    '  <array>',
    ...spec.command.map((word) => `    <string>${xml(word)}</string>`),
    '  </array>',
    '  <key>EnvironmentVariables</key>',
    '  <dict>',
    ...env,
    '  </dict>',
    ...text('WorkingDirectory', spec.directory),
    ...text('StandardOutPath', spec.daemonLog),
    ...text('StandardErrorPath', spec.daemonLog),
    '  <key>RunAtLoad</key>',
    '  <true/>',
    '  <!-- What was stopped in order stays stopped. -->',
    '  <key>KeepAlive</key>',
    '  <dict>',
    '    <key>SuccessfulExit</key>',
    '    <false/>',
    '  </dict>',
    '  <!-- Jobs outlive the daemon. -->',
    '  <key>AbandonProcessGroup</key>',
    '  <true/>',
    ...integer('ExitTimeOut', Math.ceil(spec.stopMs / 1000)),
    ...integer('ThrottleInterval', throttleSeconds),
    '  <!-- Neither throttled nor slowed down: jobs inherit it. -->',
    ...text('ProcessType', 'Interactive'),
    '</dict>',
    '</plist>',
    '',
  ].join('\n');
}

function text(key: string, value: string): string[] {
  return [`  <key>${key}</key>`, `  <string>${xml(value)}</string>`];
}

function integer(key: string, value: number): string[] {
  return [`  <key>${key}</key>`, `  <integer>${value}</integer>`];
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function xml(value: string): string {
  return value.replaceAll(/[&<>"']/g, (found) => entities[found] ?? found);
}
