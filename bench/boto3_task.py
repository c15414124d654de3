"""The same work on boto3: JSON of fields in, a check of them, one invocation, JSON out."""
import base64
import json
import sys

import boto3
from botocore.config import Config

with open(sys.argv[1]) as file:
    fields = json.load(file)
for name, kind in (("function_name", str), ("region", str), ("credentials", dict)):
    if not isinstance(fields.get(name), kind):
        sys.exit(20)

options = {"retries": {"max_attempts": 0}, "read_timeout": fields.get("wait_for_completion_timeout", 60)}
if fields.get("use_proxy"):
    options["proxies"] = {"http": fields["proxy"], "https": fields["proxy"]}
    if "proxy_ca_bundle_file" in fields:
        options["proxies_config"] = {"proxy_ca_bundle": fields["proxy_ca_bundle_file"]}
config = Config(**options)
keys = {
    "aws_access_key_id": fields["credentials"]["user"],
    "aws_secret_access_key": fields["credentials"]["password"],
}
if fields.get("role_based_access"):
    sts = boto3.client("sts", region_name=fields["region"], endpoint_url=fields["sts_endpoint_url"], config=config, **keys)
    role = sts.assume_role(RoleArn=fields["role_arn"], RoleSessionName="bench")["Credentials"]
    keys = {
        "aws_access_key_id": role["AccessKeyId"],
        "aws_secret_access_key": role["SecretAccessKey"],
        "aws_session_token": role["SessionToken"],
    }
client = boto3.client("lambda", region_name=fields["region"], endpoint_url=fields["endpoint_url"], config=config, **keys)
request = {"FunctionName": fields["function_name"], "LogType": fields.get("log_type", "None")}
if "payload_file" in fields:
    with open(fields["payload_file"], "rb") as file:
        request["Payload"] = file.read()
answer = client.invoke(**request)
result = {
    "status_code": answer["StatusCode"],
    "log_result": base64.b64decode(answer.get("LogResult", "")).decode(),
    "payload": answer["Payload"].read().decode(),
    "executed_version": answer.get("ExecutedVersion"),
}
json.dump({"exit_code": 0, "changed": True, "result": result}, sys.stdout)
