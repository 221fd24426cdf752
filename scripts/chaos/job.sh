#!/bin/sh
# A job that logs itself: work LINES PAUSE CODE [FAILS]
# One line when it starts and one when it ends, appended to $WITNESS, are what the
# checker believes. Prints LINES numbered lines, PAUSE seconds apart, and exits
# with CODE; its first FAILS attempts exit with 9.
read -r up _ < /proc/uptime
echo "start $JM2_RUN_ID $JM2_ATTEMPT $JM2_JOB ${JM2_NOMINAL_TIME:--} $up $$" >> "$WITNESS"
i=1
while [ "$i" -le "$1" ]; do
  echo "line $i"
  sleep "$2"
  i=$((i + 1))
done
code=$3
[ "$JM2_ATTEMPT" -le "${4:-0}" ] && code=9
echo "end $JM2_RUN_ID $JM2_ATTEMPT $code" >> "$WITNESS"
exit "$code"
