"""Runs ue-aws-lambda under a Universal Agent.

The agent imports Python and nothing else, so this file is only the way in and out: it hands the task's fields to the
program on standard input, passes its log on, and returns its extension output. What a field means, and what came of
the invocation, is decided in the program alone. Python 3.7 or later, standard library only.
"""

import contextlib
import json
import logging
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading

from universal_extension import ExtensionResult, UniversalExtension
from universal_extension.deco import dynamic_choice_command

log = logging.getLogger("UNV")

#: Seconds that a cancelled program has for its last words; it needs one.
GRACE = 5

#: Exit code of node-version.cjs, which runs before the program.
HOST_NOT_SET_UP = 78

#: Functions that a dynamic choice offers at most.
CHOICES = 1000


class Extension(UniversalExtension):
    def __init__(self):
        super(Extension, self).__init__()
        self._cancelled = False
        self._run = None
        self._thread = None
        self._done = threading.Event()

    def extension_start(self, fields):
        """Runs one task."""
        self._thread = threading.get_ident()
        try:
            answer = self._ask(lambda manifest: request_from(fields, manifest["fields"]))
            for line in answer.lines():
                say(line)
            return ExtensionResult(
                rc=answer.code,
                message=answer.description,
                output_fields=answer.output_fields(),
                unv_output=answer.text,
            )
        finally:
            self._done.set()

    def extension_cancel(self):
        """Asks the program to stop and waits, for a bounded time, until it has said what is known of the function."""
        self._stop()
        if self._thread not in (None, threading.get_ident()):
            self._done.wait(2 * GRACE)

    @dynamic_choice_command("function_name")
    def function_names(self, fields):
        """The functions of the account, for a template whose Function Name is a dynamic choice."""
        return self._choices(fields, {}, lambda function: function["function_name"])

    @dynamic_choice_command("qualifier")
    def qualifiers(self, fields):
        """The published versions of the chosen function, for a template whose Qualifier is a dynamic choice."""
        chosen = bare_name(single(fields.get("function_name")) or "")
        return self._choices(
            fields,
            {"function_version": "ALL"},
            lambda function: function["version"] if function["function_name"] == chosen else None,
        )

    def _choices(self, fields, extra, value_of):
        def request(manifest):
            connection = {name: manifest["fields"][name] for name in manifest["connection"]}
            return dict(request_from(fields, connection), action="List Functions", max_items=CHOICES, **extra)

        answer = self._ask(request)
        values = [value_of(function) for function in answer.result.get("functions") or []]
        values = list(dict.fromkeys(value for value in values if value))
        return ExtensionResult(rc=answer.code, message=answer.description, values=values)

    def _stop(self):
        self._cancelled = True
        if self._run is not None:
            self._run.stop()

    def _ask(self, make_request):
        """Runs the program once. A failure of the host is returned in the form of a failed task, not raised."""
        manifest = {"name": "ue-aws-lambda", "version": "", "fields": {}}
        try:
            manifest = json.loads(resource("program.json").decode("utf-8"))
            log.info("Extension Information: %s-%s", manifest["name"], manifest["version"])
            request = json.dumps(make_request(manifest)).encode("ascii")
            command = command_line(manifest)
            with forwarded_termination(self._stop):
                if self._cancelled:
                    raise Refusal("CANCELLED", 22, "The task was cancelled before the program was started.")
                self._run = Run(command)
                if self._cancelled:
                    self._run.stop()
                self._run.serve(request)
        except Refusal as refusal:
            return failure(manifest, refusal.classification, refusal.code, str(refusal))
        except OSError as error:
            return failure(manifest, "FAIL", 1, "The program could not be started: {0}".format(error))
        return answer_of(self._run, manifest)


class Refusal(Exception):
    """Raised when the program is not to be started; the message names the remedy."""

    def __init__(self, classification, code, message):
        super(Refusal, self).__init__(message)
        self.classification = classification
        self.code = code


class Run(object):
    """One run of the program. All three pipes are served at once, so that none fills up and blocks the program."""

    def __init__(self, command):
        self.output = bytearray()
        self.last_words = ""
        self.stopped = False
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            # The program takes a second signal as "at once": one to the whole group of the agent must not reach it.
            start_new_session=os.name == "posix",
        )

    def serve(self, request):
        """Sends the request and returns when the program has ended."""
        readers = [threading.Thread(target=read) for read in (self._read_output, self._pass_log_on)]
        for reader in readers:
            reader.daemon = True
            reader.start()
        # The program may end without reading: then its exit code tells more than the broken pipe.
        with contextlib.suppress(OSError), self._process.stdin as stdin:
            stdin.write(request)
        self.code = self._process.wait()
        for reader in readers:
            reader.join(GRACE)

    def stop(self):
        """Sends SIGTERM (on Windows: ends the program) and, when the grace is over, ends it for certain."""
        if self.stopped:
            return
        self.stopped = True
        with contextlib.suppress(OSError):
            self._process.terminate()
        timer = threading.Timer(GRACE, self._kill)
        timer.daemon = True
        timer.start()

    def _kill(self):
        with contextlib.suppress(OSError):
            if self._process.poll() is None:
                self._process.kill()

    def _read_output(self):
        with self._process.stdout as stdout:
            for chunk in iter(lambda: stdout.read1(65536), b""):
                self.output += chunk

    def _pass_log_on(self):
        with self._process.stderr as stderr:
            for line in iter(lambda: stderr.readline(65536), b""):
                text = line.decode("utf-8", "replace").rstrip()
                if text:
                    level, self.last_words = read_log_line(text)
                    log.log(level, "%s", self.last_words)


class Answer(object):
    """What the task returns."""

    def __init__(self, text, document):
        self.text = text
        self.code = document["exit_code"]
        self.description = printable(document["status_description"])
        self.result = document["result"] or {}

    def lines(self):
        """For STDOUT: the function's log and payload, or the names of the functions, or what is wrong."""
        for name in ("log_result", "payload"):
            if self.result.get(name) is not None:
                yield self.result[name]
        for function in self.result.get("functions") or []:
            yield function["function_name"]
        for error in self.result.get("error") or []:
            yield ": ".join(error[part] for part in ("name", "field", "message") if error.get(part))

    def output_fields(self):
        names = ("status_code", "execution", "request_id", "durable_execution_arn")
        return {name: self.result[name] for name in names if self.result.get(name) is not None}


def answer_of(run, manifest):
    """The program's own extension output, unchanged; or one made here, when it left none."""
    text = run.output.decode("utf-8", "replace").strip()
    try:
        document = parse(text)
        if document["exit_code"] == run.code:
            return Answer(text, document)
    except (ValueError, KeyError, TypeError):
        pass
    if run.code == HOST_NOT_SET_UP:
        return failure(manifest, "FAIL", 1, run.last_words)
    ended = "The program ended with exit code {0} and without an answer".format(run.code)
    if run.stopped:
        return failure(manifest, "CANCELLED", 22, ended + "; whether the function ran is unknown.", "unknown")
    return failure(manifest, "FAIL", 1, "{0}: {1}".format(ended, run.last_words), "unknown")


def parse(text):
    """JSON, also with a payload that Python cannot take in: too deeply nested, or a number of too many digits."""
    try:
        return json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < 20 else digits)
    except RecursionError:
        head, key, _ = text.partition('\n    "payload_json": ')  # stands last, and no string holds a line break
        return json.loads(head + key + "null}}")


def failure(manifest, classification, code, message, execution="not_started"):
    """The extension output of a task whose program did not answer."""
    invalid = "Some of the input fields cannot be validated. See STDOUT for more details."
    sentence = invalid if classification == "DATA_VALIDATION_ERROR" else message
    echo = {}
    for name, field in manifest["fields"].items():
        echo.update(dict.fromkeys([name + "_user", name + "_password"] if "parts" in field else [name]))
    empty = ("status_code", "log_result", "payload", "executed_version", "function_error")
    document = {
        "exit_code": code,
        "status_description": "{0}: {1}".format(classification, sentence),
        "changed": False,
        "invocation": {"extension": manifest["name"], "version": manifest["version"], "fields": echo},
        "result": dict.fromkeys(empty),
    }
    document["result"].update(
        execution=execution,
        request_id=None,
        report=None,
        durable_execution_arn=None,
        attempts=0,
        error=[{"name": classification, "message": message}],
        payload_json=None,
    )
    return Answer(json.dumps(document, indent=2), document)


def request_from(fields, known):
    """The fields as the program reads them: credentials nested, choices single, scripts by their content."""
    request = {}
    for name, field in known.items():
        value = credential(fields, name, field["parts"]) if "parts" in field else single(fields.get(name))
        if field["kind"] == "script":
            value = script(name, value)
        if value not in (None, "", [], {}):
            request[name] = value
    return request


def single(value):
    return value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value


def credential(fields, name, parts):
    """A credential comes nested, as <name>.<part>, or both."""
    nested = fields.get(name)
    nested = nested if isinstance(nested, dict) else {}
    values = {part: nested.get(part) or fields.get("{0}.{1}".format(name, part)) for part in parts}
    return {part: values[part] for part in parts if values[part]}


def script(name, value):
    """The agent gives the path of a file that holds the script; its bytes are what the user wrote."""
    if not isinstance(value, str) or not os.path.isfile(value):
        return value
    try:
        with open(value, "rb") as file:
            return file.read().decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("DATA_VALIDATION_ERROR", 20, "{0}: the script is not UTF-8 text; store it as such.".format(name))


def bare_name(function):
    """my-function out of my-function:PROD, a partial ARN or a full ARN."""
    parts = function.split(":")
    return parts[parts.index("function") + 1] if "function" in parts[1:-1] else parts[0]


def command_line(manifest):
    folder = program_folder(manifest)
    entry = os.path.join(folder, manifest["entry"])
    if manifest["kind"] == "node":
        program = [node(), "--require", os.path.join(folder, "node-version.cjs"), entry]
    else:
        program = [entry]
    return program + ["run", "--log-level", log_level()]


def node():
    wanted = os.environ.get("UE_AWS_LAMBDA_NODE") or "node"
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/bin", "/usr/bin"])
    found = shutil.which(wanted, path=places)
    if found is None:
        raise Refusal(
            "FAIL",
            1,
            "{0} was not found on this agent's host: install Node.js 20.19 or later, name it in the environment "
            "variable UE_AWS_LAMBDA_NODE, or use the standalone package.".format(wanted),
        )
    return found


def resource(name):
    """A file of the extension, which lies in a folder or, as the agent keeps it, in an archive."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    if os.path.isfile(path):
        with open(path, "rb") as file:
            return file.read()
    return __loader__.get_data(name)


def program_folder(manifest):
    """Where the program lies as files: beside this one, or unpacked into a folder named by the program's content."""
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "program")
    if is_complete(beside, manifest) and is_runnable(beside, manifest):
        return beside
    folder = private_folder(manifest["digest"])
    for name, size in manifest["files"].items():
        if not has_size(os.path.join(folder, name), size):
            put(folder, name, resource("program/" + name))
    return folder


def is_complete(folder, manifest):
    return all(has_size(os.path.join(folder, name), size) for name, size in manifest["files"].items())


def is_runnable(folder, manifest):
    return manifest["kind"] == "node" or os.access(os.path.join(folder, manifest["entry"]), os.X_OK)


def has_size(path, size):
    return os.path.isfile(path) and os.path.getsize(path) == size


def put(folder, name, content):
    """Writes a whole file or none: another task may be doing the same, or be running it already."""
    handle, temporary = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o700)
        os.replace(temporary, os.path.join(folder, name))
    except OSError:
        os.remove(temporary)
        if not has_size(os.path.join(folder, name), len(content)):
            raise


def private_folder(digest):
    """A folder that no other user can write to: what is unpacked there will be run with this user's rights."""
    home = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~")
    bases = [os.environ.get("XDG_CACHE_HOME"), os.path.join(home, ".cache") if os.path.isdir(home) else None]
    own = "ue-aws-lambda-{0}".format(os.getuid() if hasattr(os, "getuid") else "cache")
    for base in [base for base in bases if base] + [tempfile.gettempdir()]:
        folder = os.path.join(base, own)
        with contextlib.suppress(OSError):
            os.makedirs(base, exist_ok=True)
            for path in (folder, os.path.join(folder, digest)):
                with contextlib.suppress(FileExistsError):
                    os.mkdir(path, 0o700)
                if not is_private(path):
                    raise PermissionError(path)
            return os.path.join(folder, digest)
    remedy = "set XDG_CACHE_HOME to one that the agent's user may write to"
    raise Refusal("FAIL", 1, "No folder could be made for the program: {0}.".format(remedy))


def is_private(path):
    status = os.lstat(path)
    mine = not hasattr(os, "geteuid") or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)
    return stat.S_ISDIR(status.st_mode) and mine


@contextlib.contextmanager
def forwarded_termination(stop):
    """When the agent ends this process with SIGTERM, the program is asked to end too, and its answer still returned."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.getsignal(signal.SIGTERM)

    def on_termination(number, frame):
        stop()
        if callable(previous):
            previous(number, frame)

    signal.signal(signal.SIGTERM, on_termination)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous if previous is not None else signal.SIG_DFL)


def log_level():
    level = log.getEffectiveLevel()
    names = ((logging.DEBUG, "debug"), (logging.INFO, "info"), (logging.WARNING, "warn"))
    return next((name for limit, name in names if level <= limit), "error")


def read_log_line(text):
    """Level and message of a line of the program's log; any other line is a warning, such as Node's own."""
    match = re.match(r"(?:\S+ )?(ERROR|WARN|INFO|DEBUG)\s+(.*)", text)
    if match is None:
        return logging.WARNING, text
    return getattr(logging, match.group(1)), match.group(2)  # logging.WARN is logging.WARNING


def say(text):
    """Prints to STDOUT; what its encoding cannot show is escaped."""
    sys.stdout.write(printable(text, getattr(sys.stdout, "encoding", None) or "utf-8") + "\n")
    sys.stdout.flush()


def printable(text, encoding="utf-8"):
    return text.encode(encoding, "backslashreplace").decode(encoding)
