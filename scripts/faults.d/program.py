"""Runs the program, disturbed by shim.c or not."""
import atexit, errno, os, re, shutil, signal, subprocess, sys, tempfile, threading, time
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT = 120  # seconds after which a program hangs


@dataclass
class Ended:
    """How a program ended."""
    status: int  # negative: of a signal; None: it hung and was killed
    stdout: str
    stderr: str
    seconds: float
    fired: str = ""  # the call that was disturbed
    peak: float = 0  # MB

    def said(self):
        lines = [line for line in self.stderr.splitlines() if "WARN" not in line]
        return " / ".join(lines)[:300]


@dataclass
class Fault:
    """What shim.c does to one call."""
    at: int
    do: str
    error: str = "EIO"
    calls: str = ""  # "open,rename"; empty is all
    path: str = ""  # only paths that hold this
    classes: str = "all"
    milliseconds: int = 0

    def environment(self, under, log):
        return {
            "LD_PRELOAD": shim(), "FAULTS_UNDER": under, "FAULTS_LOG": log, "FAULTS_CLASS": self.classes,
            "FAULTS_CALLS": f",{self.calls}," if self.calls else "", "FAULTS_PATH": self.path,
            "FAULTS_AT": str(self.at), "FAULTS_DO": self.do, "FAULTS_MS": str(self.milliseconds),
            "FAULTS_ERRNO": str(getattr(errno, self.error))}


_shim, _lock = None, threading.Lock()


def shim():
    """The compiled shim; compiled once."""
    global _shim
    with _lock:
        if _shim is None:
            folder = tempfile.mkdtemp(prefix="tieout-shim-")
            atexit.register(shutil.rmtree, folder, True)
            library = f"{folder}/shim.so"
            subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, f"{HERE}/shim.c", "-ldl"], check=True)
            _shim = library
    return _shim


class Started:
    """A program at work."""

    at_work = set()

    def __init__(self, argv, folder, fault=None, environment=None):
        self.log = f"{folder}/calls.{time.monotonic_ns()}" if fault else None
        extra = fault.environment(folder, self.log) if fault else {}
        clean = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "TIEOUT_LOG")}
        self.out, self.err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        self.begun = time.monotonic()
        self.child = subprocess.Popen(argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=self.out, stderr=self.err,
                                      env={**clean, **extra, **(environment or {})})
        Started.at_work.add(self)

    def end(self, limit=LIMIT):
        hung = threading.Event()

        def give_up():
            hung.set()
            self.kill()

        timer = threading.Timer(limit, give_up)
        timer.start()
        _, status, usage = os.wait4(self.child.pid, 0)
        Started.at_work.discard(self)
        timer.cancel()
        seconds = time.monotonic() - self.begun
        self.child.returncode = status = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (self.out, self.err):
            stream.seek(0)
            texts.append(stream.read().decode(errors="replace"))
            stream.close()
        return Ended(None if hung.is_set() else status, *texts, seconds, self.fired(), usage.ru_maxrss / 1024)

    def kill(self):
        os.kill(self.child.pid, signal.SIGKILL)

    def has_ended(self):
        """Without taking its status from `end`."""
        return os.waitid(os.P_PID, self.child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def calls(self):
        """(number, call, path) of every counted call."""
        return [(int(number), call, path.rstrip("\n")) for word, number, call, path in self.lines() if word == "call"]

    def lines(self):
        if not self.log or not os.path.exists(self.log):
            return []
        with open(self.log, errors="replace") as log:
            return [line.split(" ", 3) for line in log if line.count(" ") >= 3]

    def fired(self):
        return next((f"{call} {path.strip()}" for word, _, call, path in self.lines() if word == "FIRED"), "")


def scrub(text):
    """Without passwords."""
    return re.sub(r"://([^:/@\s]+):[^@\s]*@", r"://\1:***@", text)


def say(text):
    print(scrub(text), flush=True)


def fail(text):
    sys.exit(f"faults: {scrub(text)}")
