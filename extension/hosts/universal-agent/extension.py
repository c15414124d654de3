"""Runs ue-aws-lambda under a Universal Agent.

The agent imports Python and nothing else, so this file only connects the two: it gives the task's fields to the
program on standard input, passes its log on, and returns its extension output. The program alone decides what a field
means and what is known of the invocation. Python 3.7 or later, standard library only.
"""

import contextlib
import hashlib
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
import time

from universal_extension import ExtensionResult, UniversalExtension
from universal_extension.deco import dynamic_choice_command

log = logging.getLogger("UNV")

#: Seconds that a cancelled program has to write its answer; it needs one.
GRACE = 5

#: The same for one that waits for a durable execution: it may have to find it first, and to stop it.
DURABLE_GRACE = 30

#: Exit code of node-version.cjs, which runs before the program.
HOST_NOT_SET_UP = 78

#: Functions that a dynamic choice offers at most.
CHOICES = 1000

#: Files up to this size are hashed at every start, in milliseconds. A larger one, the executable, takes up to 0.3 seconds.
HASHED_AT_EVERY_START = 1 << 20

#: How the name of a file begins while it is being unpacked.
UNFINISHED = "unpacking-"


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
        """Asks the program to stop and waits, for a bounded time, for its answer."""
        self._stop()
        if self._thread not in (None, threading.get_ident()):
            self._done.wait(2 * (GRACE if self._run is None else self._run.grace))

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
        try:
            manifest = json.loads(resource("program/program.json").decode("utf-8"))
        except (OSError, ValueError):
            return incomplete_package()
        log.info("Extension Information: %s-%s", manifest["name"], manifest["version"])
        try:
            wanted = make_request(manifest)
            request = json.dumps(wanted).encode("ascii")
            command = command_line(manifest)
            with forwarded_termination(self._stop):
                if self._cancelled:
                    raise Refusal("cancelled", "The task was cancelled before the program was started.")
                self._run = Run(command, grace_of(wanted))
                if self._cancelled:
                    self._run.stop()
                self._run.serve(request)
        except Refusal as refusal:
            return no_answer(manifest, refusal.kind, str(refusal), refusal.field)
        except Exception as error:
            if self._run is None:
                return no_answer(manifest, "host", "The program could not be started: {0}".format(error))
            self._run.stop()
            return no_answer(manifest, "died", "The answer of the program could not be read: {0}".format(error))
        return answer_of(self._run, manifest)


class Refusal(Exception):
    """Raised when the program is not to be started. `kind` is a document of the manifest's `no_answer`."""

    def __init__(self, kind, message, field=""):
        super(Refusal, self).__init__(message)
        self.kind = kind
        self.field = field


def grace_of(request):
    waits = str(single(request.get("wait_for_durable_execution"))).lower() == "true"
    return DURABLE_GRACE if waits else GRACE


class Run(object):
    """One run of the program. All three pipes are served at once, so that none fills up and blocks the program."""

    def __init__(self, command, grace=GRACE):
        self.grace = grace
        self.output = bytearray()
        self.last_line = ""
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
        # The program may end without reading: then its exit code says more than the broken pipe.
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
        timer = threading.Timer(self.grace, self._kill)
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
                    level, self.last_line = read_log_line(text)
                    log.log(level, "%s", self.last_line)


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
        durable = self.result.get("durable") or {}
        values = dict({name: self.result.get(name) for name in names}, durable_status=durable.get("status"))
        return {name: value for name, value in values.items() if value is not None}


def answer_of(run, manifest):
    """The program's own extension output, unchanged; or one of the package's documents, when it left none."""
    text = run.output.decode("utf-8", "replace").strip()
    try:
        document = parse(text)
        if document["exit_code"] == run.code:
            return Answer(text, document)
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    if run.code == HOST_NOT_SET_UP:
        return no_answer(manifest, "host", run.last_line)
    how = "signal {0}".format(-run.code) if run.code < 0 else "exit code {0}".format(run.code)
    reason = "The program ended with {0} and without an answer".format(how)
    if run.stopped:
        return no_answer(manifest, "stopped", reason + "; whether the function ran is unknown.")
    return no_answer(manifest, "died", "{0}: {1}".format(reason, run.last_line) if run.last_line else reason)


def parse(text):
    """JSON, also with a payload that Python cannot take in: too deeply nested, or a number of too many digits."""

    def read(json_text):
        return json.loads(json_text, parse_int=lambda digits: int(digits) if len(digits) < 20 else digits)

    try:
        return read(text)
    except RecursionError:
        return read(shallow(text))


def shallow(text, depth_limit=50):
    """The same JSON with null in place of what is nested deeper. Of the output only the payload is."""
    without_escapes = text.replace("\\\\", "__").replace('\\"', "__")  # of the same length
    kept, start, depth = [], 0, 0
    for token in re.finditer(r'"[^"]*"|[\[{]|[\]}]', without_escapes):
        if token.group() in "[{":
            depth += 1
            if depth == depth_limit:
                kept.append(text[start : token.start()])
        elif token.group() in "]}":
            if depth == depth_limit:
                start = token.end()
            depth -= 1
    return "null".join(kept + [text[start:]])


def no_answer(manifest, kind, reason, field=""):
    """An output that the library made when the package was built, with the reason put in."""
    text = manifest["no_answer"][kind]
    for placeholder, value in (("@field@", field), ("@reason@", reason)):
        text = text.replace(placeholder, json.dumps(value)[1:-1])
    return Answer(text, json.loads(text))


def incomplete_package():
    """Without its program the package has no document of the program's form either: there is no extension output."""
    message = (
        "The package does not contain the program: import the one that was released, or see 'Building it with uip' "
        "in docs/universal-controller.md."
    )
    error = {"name": "IncompletePackage", "message": message}
    result = {"execution": "not_started", "error": [error]}
    return Answer(None, {"exit_code": 1, "status_description": "FAIL: " + message, "result": result})


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
        raise Refusal("refused", "the script is not UTF-8 text; store it as such", name)


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
            "host",
            "{0} was not found on this agent's host: install Node.js 20.19 or later, name it in the environment "
            "variable UE_AWS_LAMBDA_NODE, or use the standalone package.".format(wanted),
        )
    return found


def resource(name):
    """A file of the extension, which is in a folder or, as the agent keeps it, in an archive."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    if os.path.isfile(path):
        with open(path, "rb") as file:
            return file.read()
    return __loader__.get_data(name)


def program_folder(manifest):
    """The folder of the program's files: beside this file, or unpacked into a folder named by the program's content.

    No file is run unless its SHA-256 was that of the package. In the unpacked folder, which is its user's alone, that
    of a large file is taken once, and after that only when its size or time has changed.
    """
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "program")
    files = manifest["files"]
    if is_runnable(beside, manifest) and all(is_intact(os.path.join(beside, name), files[name]) for name in files):
        return beside
    folder = private_folder(manifest["digest"])
    for name, file in files.items():
        path = os.path.join(folder, name)
        if is_sealed(path, file):
            continue
        if not is_intact(path, file):
            put(path, content_of(name, file), file)
        seal(path, file)
    return folder


def is_runnable(folder, manifest):
    return manifest["kind"] == "node" or os.access(os.path.join(folder, manifest["entry"]), os.X_OK)


def is_intact(path, file):
    if not os.path.isfile(path) or os.path.getsize(path) != file["size"]:
        return False
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        for chunk in iter(lambda: stream.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest() == file["sha256"]


def content_of(name, file):
    content = resource("program/" + name)
    if hashlib.sha256(content).hexdigest() != file["sha256"]:
        raise Refusal("host", "The package is damaged: program/{0} is not what was built. Import it again.".format(name))
    return content


def put(path, content, file):
    """Writes a file atomically: another task may be doing the same, or be running it already."""
    folder = os.path.dirname(path)
    remove_unfinished(folder)
    handle, temporary = tempfile.mkstemp(prefix=UNFINISHED, dir=folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o700)
        os.replace(temporary, path)
    except OSError:
        os.remove(temporary)
        if not is_intact(path, file):
            raise


def remove_unfinished(folder):
    """Removes what a task that was killed while it unpacked has left."""
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        with contextlib.suppress(OSError):
            if name.startswith(UNFINISHED) and time.time() - os.path.getmtime(path) > 3600:
                os.remove(path)


def seal(path, file):
    """Notes of a large file that its content was compared."""
    if file["size"] > HASHED_AT_EVERY_START:
        with contextlib.suppress(OSError), open(path + ".sealed", "w") as note:
            note.write(seal_text(path, file))


def is_sealed(path, file):
    if file["size"] <= HASHED_AT_EVERY_START:
        return False
    try:
        with open(path + ".sealed") as note:
            return note.read() == seal_text(path, file)
    except (OSError, ValueError):
        return False


def seal_text(path, file):
    status = os.stat(path)
    return "{0} {1} {2}".format(file["sha256"], status.st_size, status.st_mtime_ns)


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
            if keeps_names(base) and is_private(folder) and is_private(os.path.join(folder, digest)):
                return os.path.join(folder, digest)
            log.warning("%s is not used: another user could change what is in it", folder)
    remedy = "set XDG_CACHE_HOME to one that only the agent's user may write to"
    raise Refusal("host", "No folder could be made for the program: {0}.".format(remedy))


def keeps_names(folder):
    """Whether no other user can put a folder of theirs in place of ours: such as in /tmp, which has the sticky bit."""
    if not hasattr(os, "geteuid"):
        return True
    status = os.stat(folder)
    return status.st_uid in (0, os.geteuid()) and (not status.st_mode & stat.S_IWOTH or bool(status.st_mode & stat.S_ISVTX))


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
