#!/bin/bash
# Runs the task described in $UE_TASKS/NAME.json and keeps its answer in $UE_ANSWERS/NAME.json.
# Usage: run-task.sh NAME
set -u

tasks=${UE_TASKS:-/etc/ue-aws-lambda}
answers=${UE_ANSWERS:-/var/lib/ue-aws-lambda}
answer="$answers/$1.json"

# Reads the answer when the program has ended; says nothing of a success.
report() {
  trap '' TERM INT HUP
  jq --raw-output --null-input --arg task "$1" '
    [inputs] | first
    | if . == null then "\($task): there is no answer, execution unknown"
      elif .exit_code == 0 then empty
      elif .result.execution == "not_started" then "\($task): the function did not run (exit \(.exit_code))"
      else "\($task): exit \(.exit_code), execution \(.result.execution)" end'
}

rm -f "$answer" # a program that could not be started must not leave yesterday's answer
# The program takes the place of the shell, so that a signal reaches it, and its exit code is that of the job.
exec ue-aws-lambda run --fields "$tasks/$1.json" --output "$answer" --log-level warn > >(report "$1")
