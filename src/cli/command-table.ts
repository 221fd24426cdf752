// Every command with its line in the overview, grouped as the help shows them.
// Definitions are imported when used: a call pays for its own command only.
import type { CommandEntry } from './command.ts';

const manifest = 'Manifest';
const time = 'Time and history';
const runs = 'Jobs and runs';
const daemon = 'Daemon';
const other = 'Help and settings';

export const commandTable: readonly CommandEntry[] = [
  {
    name: 'init',
    summary: 'Write a commented starter manifest',
    group: manifest,
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
  {
    name: 'validate',
    summary: 'Check manifests, showing every problem at once',
    group: manifest,
    load: async () => (await import('./commands/validate.ts')).validateCommand,
  },
  {
    name: 'plan',
    summary: 'Show what the manifest would change, and when',
    group: manifest,
    load: async () => (await import('./commands/plan.ts')).planCommand,
  },
  {
    name: 'snapshot',
    summary: 'Write what is in force into a file that a plan can be compared with',
    group: manifest,
    load: async () => (await import('./commands/snapshot.ts')).snapshotCommand,
  },
  {
    name: 'apply',
    summary: 'Bring the manifest into force',
    group: manifest,
    load: async () => (await import('./commands/apply.ts')).applyCommand,
  },
  {
    name: 'add',
    summary: 'Add a job to the manifest and bring it into force',
    group: manifest,
    load: async () => (await import('./commands/add.ts')).addCommand,
  },
  {
    name: 'edit',
    summary: 'Change a job of the manifest, by options or in an editor',
    group: manifest,
    load: async () => (await import('./commands/edit.ts')).editCommand,
  },
  {
    name: 'remove',
    summary: 'Take jobs out of the manifest',
    group: manifest,
    load: async () => (await import('./commands/remove.ts')).removeCommand,
  },
  {
    name: 'fmt',
    summary: 'Bring the manifest into its canonical form',
    group: manifest,
    load: async () => (await import('./commands/fmt.ts')).fmtCommand,
  },
  {
    name: 'import',
    summary: 'Take over jobs from crontabs, timers, CronJobs or a manifest',
    group: manifest,
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  {
    name: 'export',
    summary: 'Write jobs as a crontab, timers, CronJobs, YAML or JSON',
    group: manifest,
    load: async () => (await import('./commands/export.ts')).exportCommand,
  },
  {
    name: 'revisions',
    summary: 'List the accepted manifests',
    group: manifest,
    load: async () => (await import('./commands/revisions.ts')).revisionsCommand,
  },
  {
    name: 'schema',
    summary: 'Print the JSON Schema of the manifest',
    group: manifest,
    load: async () => (await import('./commands/schema.ts')).schemaCommand,
  },
  {
    name: 'preview',
    summary: 'Show when jobs run, offline',
    group: time,
    load: async () => (await import('./commands/preview.ts')).previewCommand,
  },
  {
    name: 'explain-schedule',
    summary: 'Say what a schedule means, with its next starts',
    group: time,
    load: async () => (await import('./commands/explain-schedule.ts')).explainScheduleCommand,
  },
  {
    name: 'calendars',
    summary: 'List calendars, their days, and the jobs that use them',
    group: time,
    load: async () => (await import('./commands/calendars.ts')).calendarsCommand,
  },
  {
    name: 'history',
    summary: 'List past runs and what became of occurrences',
    group: time,
    load: async () => (await import('./commands/history.ts')).historyCommand,
  },
  {
    name: 'events',
    summary: 'Show what happened, or follow what happens',
    group: time,
    load: async () => (await import('./commands/events.ts')).eventsCommand,
  },
  {
    name: 'stats',
    summary: 'Tell how runs went, in figures',
    group: time,
    load: async () => (await import('./commands/stats.ts')).statsCommand,
  },
  {
    name: 'why',
    summary: 'Explain what became of an occurrence, with evidence',
    group: time,
    load: async () => (await import('./commands/why.ts')).whyCommand,
  },
  {
    name: 'logs',
    summary: 'Show what jobs printed',
    group: time,
    load: async () => (await import('./commands/logs.ts')).logsCommand,
  },
  {
    name: 'list',
    summary: 'List jobs with state, next and last run',
    group: runs,
    load: async () => (await import('./commands/list.ts')).listCommand,
  },
  {
    name: 'show',
    summary: 'Show one job in full, or a plan that was kept',
    group: runs,
    load: async () => (await import('./commands/show.ts')).showCommand,
  },
  {
    name: 'top',
    summary: 'Watch jobs, runs and logs on a full screen, and act on them',
    group: runs,
    load: async () => (await import('./commands/top.ts')).topCommand,
  },
  {
    name: 'run',
    summary: 'Start a job, several, or a command, now or later',
    group: runs,
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  {
    name: 'cancel',
    summary: 'End queued or running runs',
    group: runs,
    load: async () => (await import('./commands/cancel.ts')).cancelCommand,
  },
  {
    name: 'rerun',
    summary: 'Repeat a run, or the failed ones',
    group: runs,
    load: async () => (await import('./commands/rerun.ts')).rerunCommand,
  },
  {
    name: 'backfill',
    summary: 'Run a job for the occurrences of a past range',
    group: runs,
    load: async () => (await import('./commands/backfill.ts')).backfillCommand,
  },
  {
    name: 'missed',
    summary: 'List occurrences that were missed, or make up for them',
    group: runs,
    load: async () => (await import('./commands/missed.ts')).missedCommand,
  },
  {
    name: 'wait',
    summary: 'Wait for runs to end, and end as they ended',
    group: runs,
    load: async () => (await import('./commands/wait.ts')).waitCommand,
  },
  {
    name: 'watch',
    summary: 'Show the output of a run until it ends, and end as it ended',
    group: runs,
    load: async () => (await import('./commands/watch.ts')).watchCommand,
  },
  {
    name: 'queue',
    summary: 'Show what waits, why, and in which order',
    group: runs,
    load: async () => (await import('./commands/queue.ts')).queueCommand,
  },
  {
    name: 'pause',
    summary: 'Keep jobs from running by schedule',
    group: runs,
    load: async () => (await import('./commands/pause.ts')).pauseCommand,
  },
  {
    name: 'resume',
    summary: 'End the pause of jobs',
    group: runs,
    load: async () => (await import('./commands/resume.ts')).resumeCommand,
  },
  {
    name: 'skip-next',
    summary: 'Skip the next run of jobs, once',
    group: runs,
    load: async () => (await import('./commands/skip-next.ts')).skipNextCommand,
  },
  {
    name: 'up',
    summary: 'Run the scheduler in the foreground',
    group: daemon,
    load: async () => (await import('./commands/up.ts')).upCommand,
  },
  {
    name: 'start',
    summary: 'Start the daemon in the background',
    group: daemon,
    load: async () => (await import('./commands/start.ts')).startCommand,
  },
  {
    name: 'stop',
    summary: 'Let runs finish, then end the daemon',
    group: daemon,
    load: async () => (await import('./commands/stop.ts')).stopCommand,
  },
  {
    name: 'restart',
    summary: 'Replace the daemon while jobs keep running',
    group: daemon,
    load: async () => (await import('./commands/restart.ts')).restartCommand,
  },
  {
    name: 'status',
    summary: 'Tell how the daemon and the manifest are',
    group: daemon,
    load: async () => (await import('./commands/status.ts')).statusCommand,
  },
  {
    name: 'service',
    summary: 'Make the daemon a service of the host, or see how it is',
    group: daemon,
    load: async () => (await import('./commands/service.ts')).serviceCommand,
  },
  {
    name: 'install',
    summary: 'Make the daemon a service (jm2 service install)',
    group: daemon,
    load: async () => (await import('./commands/service.ts')).installCommand,
  },
  {
    name: 'uninstall',
    summary: 'Take the service away again (jm2 service uninstall)',
    group: daemon,
    load: async () => (await import('./commands/service.ts')).uninstallCommand,
  },
  {
    name: 'flush',
    summary: 'Remove old runs and logs, and completed one-shots from the list',
    group: runs,
    load: async () => (await import('./commands/flush.ts')).flushCommand,
  },
  {
    name: 'doctor',
    summary: 'Look for what is wrong, and say what to do',
    group: daemon,
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  {
    name: 'backup',
    summary: 'Save history and manifests in one file, while jobs run',
    group: daemon,
    load: async () => (await import('./commands/backup.ts')).backupCommand,
  },
  {
    name: 'restore',
    summary: 'Put a backup in the place of the store',
    group: daemon,
    load: async () => (await import('./commands/restore.ts')).restoreCommand,
  },
  {
    name: 'explain',
    summary: 'Explain an error code, or a field of a job',
    group: other,
    load: async () => (await import('./commands/explain.ts')).explainCommand,
  },
  {
    name: 'completion',
    summary: 'Let the shell complete commands, options, jobs and runs',
    group: other,
    load: async () => (await import('./commands/completion.ts')).completionCommand,
  },
  {
    name: 'config',
    summary: "List and change jm2's own settings",
    group: other,
    load: async () => (await import('./commands/config.ts')).configCommand,
  },
];
