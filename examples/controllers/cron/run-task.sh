#!/bin/sh
# Runs the task described in $UE_TASKS/NAME.json and keeps its answer in $UE_ANSWERS/NAME.json.
# Usage: run-task.sh NAME
set -u

tasks=${UE_TASKS:-/etc/ue-aws-lambda}
answers=${UE_ANSWERS:-/var/lib/ue-aws-lambda}
answer="$answers/$1.json"

rm -f "$answer" # a program that could not be started must not leave yesterday's answer
ue-aws-lambda run --fields "$tasks/$1.json" --output "$answer" --log-level warn > /dev/null
code=$?

case $code in
  0) ;;
  2 | 3 | 11 | 20) echo "$1: the function did not run (exit $code)" ;;
  *) echo "$1: exit $code, execution $(jq -r '.result.execution' "$answer")" ;;
esac
exit $code
