// The text that `jm2 init` writes: two jobs that harm nothing, and comments
// that show what else there is.

/** A manifest for a host in this zone; accepted as it is by `jm2 validate`. */
export function starterManifest(zone: string): string {
  return `# yaml-language-server: $schema=./jobs.schema.json
#
# Jobs of this directory. Keep this file in git and review it like code:
#
#   jm2 validate    is it right?
#   jm2 preview     when does what run?
#   jm2 plan        what would change?
#   jm2 up          run it in the foreground; every save takes effect
version: 1

# The zone of all schedules; a job may have its own.
timezone: ${zone}

# For every job; its own value wins.
defaults:
  timeout: 10m

jobs:
  hello:
    description: Says that it is alive
    schedule: every 30s
    command: echo "hello from $(hostname)"

  disk-space:
    description: Fails when the root file system is fuller than the threshold
    schedule: "*/15 * * * *"
    env: {THRESHOLD_PERCENT: 90}
    command: |
      used=$(df -P / | awk 'NR == 2 { sub("%", "", $5); print $5 }')
      echo "/ is $used % full"
      [ "$used" -lt "$THRESHOLD_PERCENT" ]
    # On failure, try twice more.
    retry: {limit: 2, delay: 30s}

  # Schedules may also be written so:
  #
  #   schedule: "0 3 * * 1-5"                 # cron: 03:00 on workdays
  #   schedule: "@workdays"                   # 09:00, Monday to Friday
  #   schedule: at 2030-12-31T23:59           # once
  #   schedule: {cron: "0 9 1 * *", timezone: America/New_York, jitter: 5m}
  #
  # What happens while a run still goes on: forbid (default: the new one is
  # skipped), allow, queue, replace
  #
  #   concurrency: queue
  #
  # What happens to runs that were due while the machine was off: latest
  # (default: the newest one is caught up), none, all
  #
  #   catch_up: none
`;
}
