"""Runs an AWS Lambda function once a night, as a command on the worker and as a pod."""

import json
from datetime import datetime

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, task

FIELDS = {
    "region": "eu-central-1",
    "function_name": "create-invoice",
    "qualifier": "PROD",
    "payload_source": "Script",
    "payload_script": {"day": "yesterday"},
    "log_type": "Tail",
    "wait_for_completion_timeout": 300,
}

# With exec the program takes the place of the shell: the SIGTERM that Airflow sends to the process group reaches it once,
# and its exit code is that of the task. The command in brackets ignores the signal, waits for the end of the program
# and prints the answer on one line: the last line becomes the XCom. No string in JSON holds a line break.
COMMAND = """
rm -f "$ANSWER"
exec ue-aws-lambda run --output "$ANSWER" <<< "$FIELDS" > >(
  trap '' TERM
  cat > /dev/null
  tr -d '\\n' < "$ANSWER"
)
"""

# A sidecar takes the XCom of a pod from this file. With exec the program itself, not the shell, gets the pod's SIGTERM.
POD_COMMAND = """
exec ue-aws-lambda run --output /airflow/xcom/return.json > /dev/null << END
$FIELDS
END
"""

with DAG(
    dag_id="nightly_invoice",
    schedule="15 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    # The program repeats what is safe to repeat. Another run could run the function twice.
    default_args={"retries": 0},
):
    by_command = BashOperator(
        task_id="invoice_by_command",
        bash_command=COMMAND,
        # A folder of the worker's user: of a cancelled task Airflow reads no more output, but the answer is in the file.
        env={"FIELDS": json.dumps(FIELDS), "ANSWER": "/var/lib/ue-aws-lambda/invoice.json"},
        append_env=True,
        output_processor=json.loads,
    )

    by_pod = KubernetesPodOperator(
        task_id="invoice_by_pod",
        name="invoice",
        image="ue-aws-lambda:2.1.0",
        service_account_name="invoice",
        cmds=["sh", "-c"],
        arguments=[POD_COMMAND],
        env_vars={"FIELDS": json.dumps(FIELDS)},
        do_xcom_push=True,
        termination_grace_period=10,
    )

    @task
    def report(answer):
        print("invoice", answer["result"]["payload_json"]["id"])

    report.override(task_id="report_command")(by_command.output)
    report.override(task_id="report_pod")(by_pod.output)
