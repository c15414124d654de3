#!/bin/sh
# A whole fleet on this machine, without AWS: two workers, a task, a batch, a flow and a schedule. With DATABASE_URL on that
# PostgreSQL, else on the embedded database.
#   sh examples/fleet/try.sh
set -eu
cd "$(dirname "$0")/.."
log=$(mktemp -d)
started=
end() {
  for pid in $started; do kill "$pid" 2>/dev/null || true; done
  for pid in $started; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$log"
}
trap end EXIT

ue-aws-lambda local functions --port 0 >"$log/local" 2>&1 &
started="$!"
until grep -q 'http://' "$log/local"; do sleep 0.1; done
AWS_ENDPOINT_URL=$(grep -o 'http://127.0.0.1:[0-9]*' "$log/local" | head -n 1)
export AWS_ENDPOINT_URL AWS_REGION=eu-central-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local-secret

for name in one two; do
  ue-aws-lambda worker --concurrency 8 >"$log/$name" 2>&1 &
  started="$started $!"
done

echo '--- a task'
ue-aws-lambda submit hello --payload '{}' --wait

echo '--- a batch'
ue-aws-lambda submit order --each fleet/events.ndjson --wait

echo '--- a flow'
ue-aws-lambda submit --flow fleet/orders.yaml --wait

echo '--- a schedule'
ue-aws-lambda schedule add morning hello --payload '{}' --cron '30 6 * * 1-5' --time-zone Europe/Berlin
ue-aws-lambda schedule list
ue-aws-lambda schedule remove morning

echo '--- the fleet'
ue-aws-lambda status
ue-aws-lambda tasks --limit 20
