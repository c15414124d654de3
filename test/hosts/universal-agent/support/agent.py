"""A stand-in for the agent: imports the extension from a folder or an archive, runs one task, writes down the result.

The job comes as JSON on standard input:
  extension  folder or extension_archive.zip        fields   what the extension is given
  choice     a field: answer its dynamic choice      level    log level, INFO by default
  cancel     "before", or a text: cancel once the log holds it    result  file for the result
"""

import json
import logging
import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
job = json.loads(sys.stdin.buffer.read().decode("utf-8"))
sys.path.insert(0, job["extension"])

import extension  # noqa: E402

task = extension.Extension()
cancel = job.get("cancel")


class Watch(logging.Handler):
    def emit(self, record):
        if cancel and cancel in record.getMessage():
            threading.Thread(target=task.extension_cancel).start()


log = logging.getLogger("UNV")
log.setLevel(job.get("level", "INFO"))
stderr = logging.StreamHandler(sys.stderr)
stderr.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
log.addHandler(stderr)
log.addHandler(Watch())

if cancel == "before":
    task.extension_cancel()
if job.get("choice"):
    methods = [getattr(task, name) for name in dir(task)]
    method = next(found for found in methods if getattr(found, "dynamic_choice", None) == job["choice"])
    result = method(job["fields"])
else:
    result = task.extension_start(job["fields"])

with open(job["result"], "w", encoding="utf-8") as file:
    json.dump(dict(vars(result), archive="zip" in type(extension.__loader__).__name__), file)
sys.stdout.flush()
