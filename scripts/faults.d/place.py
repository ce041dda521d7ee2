"""A folder and a database for one sweep, and what must hold after a run."""
import contextlib, hashlib, itertools, json, os, re, shutil, subprocess, tempfile
import case
from program import Fault, Started
from relay import Relay

RUN_ID = r"(faults|inbox)-\d{8}T\d{6}Z-[0-9a-f-]+"
WITH_TIMES = ("breaks.csv", "cleared.csv", "accepted.csv")

class Place:
    """Our table, a feed, its files; `expected` is what an undisturbed run leaves."""

    _numbers = itertools.count(1)
    there, over = set(), False  # all that are not cleared; whether no further one may begin

    def __init__(self, tieout, server, relayed=None, database_keys="", scale=""):
        self.server, self.kind, self.tieout_path = server, server.kind, tieout
        self.folder = tempfile.mkdtemp(prefix="tieout-faults-")
        self.out, self.told_path = f"{self.folder}/out", f"{self.folder}/told"
        self.name = f"tieout_f{os.getpid()}_{next(Place._numbers)}"
        self.relay, self.expected, self.all_tables = None, None, []
        Place.there.add(self)
        try:
            self.fill(relayed, database_keys, scale)
        except BaseException:
            with contextlib.suppress(Exception):
                self.clear()
            raise

    def fill(self, relayed, database_keys, scale):
        server = self.server
        if Place.over:
            raise RuntimeError("it ends here")
        if self.kind == "sqlite":
            self.name = f"{self.folder}/ours.sqlite"
            self.url = f"sqlite:{self.name}?mode=rwc"
        else:
            server.create(self.name)
            # MySQL and MariaDB always, since the relay makes small statements quick.
            if relayed or (relayed is None and self.kind != "postgres"):
                self.relay = Relay(server.host, server.port)
            host, port = ("127.0.0.1", self.relay.port) if self.relay else (server.host, server.port)
            self.url = server.url(self.name, host, port)
        self.sql(case.table(scale))
        keys = f'[database]\nurl = "{self.url}"\n{database_keys}\n' if database_keys else ""
        self.write("feed.toml", case.feed(self.told_path, database=keys))
        for name, text in case.theirs().items():
            self.write(name, text)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.clear()

    def clear(self):
        if self.relay:
            self.relay.close()
        if os.path.ismount(self.out):
            subprocess.run(["umount", "-l", self.out], check=False)
        try:
            if self.kind != "sqlite":
                self.server.drop(self.name)
        finally:
            shutil.rmtree(self.folder, True)
            Place.there.discard(self)

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w") as file:
            file.write(text)

    def sql(self, text):
        return self.server.sql(text, self.name)

    # --- the program

    def start(self, arguments, fault=None, out=None):
        place = [] if arguments[0] in ("convert", "verify") else ["--database", self.url, "--out", out or self.out]
        return Started([self.tieout_path, *arguments, *place], self.folder, fault)

    def tieout(self, *arguments, fault=None, limit=120, out=None):
        return self.start(list(arguments), fault, out).end(limit)

    RUN = ("run", "feed.toml", "a.xml", "b.xml", "--no-progress")

    def run(self, fault=None, **more):
        return self.tieout(*self.RUN, fault=fault, **more)

    def calls(self, *arguments, **filters):
        """The calls that shim.c counts in an undisturbed command."""
        started = self.start(list(arguments), Fault(0, "count", **filters))
        ended = started.end()
        if ended.status not in (0, 1):
            raise RuntimeError(f"an undisturbed {arguments[0]} ended with {ended.status}: {ended.said()}")
        return started.calls()

    # --- what stands where

    def prepare(self):
        """An undisturbed run, which is what the others are compared with."""
        ended = self.run()
        if ended.status != 1:
            raise RuntimeError(f"an undisturbed run on {self.kind} ended with {ended.status}: {ended.said()}")
        self.all_tables = self.server.tables(self.name)
        self.expected = self.state()
        return self

    def reset(self):
        """As if no run had been."""
        shutil.rmtree(self.out, True)
        for path in (self.told_path, *self.logs()):
            if os.path.exists(path):
                os.remove(path)
        if self.relay:
            self.relay.disturb(None, 0)
            self.relay.hang_up()
        if self.all_tables:
            self.sql(" ".join(f"DELETE FROM {table};" for table in self.all_tables))

    def reset_tables(self, drop):
        """As before tieout ever came here."""
        tables, self.all_tables = self.all_tables, []
        self.reset()
        self.all_tables = tables
        self.sql(drop)

    def drop_folder(self, name):
        shutil.rmtree(f"{self.folder}/{name}", True)

    def logs(self):
        return [f"{self.folder}/{name}" for name in os.listdir(self.folder) if name.startswith("calls.")]

    def told(self):
        """Run ids that the hook was called with."""
        if not os.path.exists(self.told_path):
            return []
        with open(self.told_path) as file:
            return [line.split()[0] for line in file]

    def done_runs(self, feed="faults"):
        return self.sql(f"SELECT run_id FROM tieout_runs WHERE feed = '{feed}' AND status = 'done';")

    def state(self):
        """Everything that a run leaves, without what differs between any two runs: {what: text}."""
        queries = [
            ("ours", "SELECT * FROM ours ORDER BY id, amount"),
            ("results", "SELECT seq, outcome, differing, row_key, theirs, ours, checksum_theirs, checksum_ours, file_no,"
                        " record, line FROM tieout_results ORDER BY run_id, seq"),
            ("rejects", "SELECT seq, file_no, record, line, byte, column_name, value, reason FROM tieout_rejects"
                        " ORDER BY run_id, seq"),
            ("breaks", "SELECT break_id, outcome, row_key, state, life, fingerprint, runs_open, reopened FROM tieout_breaks"
                       " ORDER BY break_id"),
            ("cleared", "SELECT break_id, why FROM tieout_cleared ORDER BY break_id"),
            ("files", "SELECT file_no, feed, name, sha256 FROM tieout_files ORDER BY run_id, file_no"),
            ("runs", "SELECT feed, status, verdict FROM tieout_runs WHERE status NOT IN ('failed', 'abandoned')"),
        ] + [(table, f"SELECT count(*) FROM {table}") for table in self.all_tables
             if re.match("tieout_(stage|join|tie)_", table)]
        mark = "SELECT '=== {}'"
        lines = self.sql(" ".join(f"{mark.format(name)}; {query};" for name, query in queries))
        state, name = {}, None
        for line in lines:
            if line.startswith("=== "):
                name = line[4:]
                state[name] = ""
            else:
                state[name] += line + "\n"
        state.update(folder_state(self.out))
        return state

    def compare(self, expected=None):
        """Deviations of what stands here from an undisturbed run."""
        state, deviations = self.state(), []
        expected = expected or self.expected
        for name in sorted(state.keys() | expected.keys()):
            if state.get(name) != expected.get(name):
                deviations.append(f"{name}: {difference(expected.get(name), state.get(name))}")
        untold = set(self.done_runs()) - set(self.told())
        if untold:
            deviations.append(f"no hook was called for {', '.join(sorted(untold))}")
        strays = [name for name in os.listdir(self.folder)
                  if name.startswith(".") or re.match(r".*\.(tmp|old)", name)]
        return deviations + [f"left behind: {name}" for name in strays]


def folder_state(out):
    """{what: text} of an --out folder."""
    names = sorted(os.listdir(out)) if os.path.isdir(out) else []
    state = {"out": " ".join(re.sub(RUN_ID, "RUN", name) for name in names)}
    for number, folder in enumerate(name for name in names if not name.startswith(".")):
        if os.path.isdir(f"{out}/{folder}"):
            for name in sorted(os.listdir(f"{out}/{folder}")):
                state[f"run {number} {name}"] = file_state(f"{out}/{folder}/{name}")
    return state


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def file_state(path):
    with open(path, "rb") as file:
        text = file.read().decode(errors="replace")
    if path.endswith("summary.json"):
        summary = json.loads(text)
        for key in ("timings", "started_at", "finished_at"):
            summary.pop(key, None)
        summary["database"].pop("url", None)
        text = json.dumps(summary, indent=0)
    if path.endswith("manifest.json"):
        manifest = json.loads(text)
        # Of what is the same in any two runs; the rest is compared as it stands.
        manifest["outputs"] = [one for one in manifest["outputs"] if one["name"].endswith(".csv")]
        # A break says since when it is open, so its file has another digest in each run: that it is the right one.
        for one in manifest["outputs"]:
            if one["name"] in WITH_TIMES and one["sha256"] == sha256(f"{os.path.dirname(path)}/{one['name']}"):
                one["sha256"] = "of the file"
        text = json.dumps(manifest, indent=0)
    text = re.sub(RUN_ID, "RUN", text)
    return re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?UTC|Z)?|\d+(\.\d+)? (ms|s)\b|127\.0\.0\.1:\d+", "TIME", text)


def difference(wanted, got):
    """The first line that differs."""
    if wanted is None:
        return "is there, and should not be"
    if got is None:
        return "is missing"
    for one, other in zip(wanted.splitlines() + [""], got.splitlines() + [""]):
        if one != other:
            return f"{one[:90]!r} became {other[:90]!r}"
    return f"{len(wanted)} bytes became {len(got)}"
