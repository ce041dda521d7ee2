"""scripts/faults: disturbs real runs of the built program, and checks that what is left is what an undisturbed one leaves."""
import argparse, atexit, contextlib, os, random, shutil, signal, sys, tempfile, threading, time
from concurrent.futures import ThreadPoolExecutor
import documents, errors, kills, network, together, transfer
from place import Place
from program import Started, fail, say, shim
from servers import KINDS, Server
from sweep import run_sweep

SERVERS = ("postgres", "mysql", "mariadb")
SHORT = 150  # seconds after which the short form begins no more points
ALL = ("sqlite", *SERVERS)
# Name: what it does, on which databases ("" is none), or from which servers of files.
SWEEPS = {
    "silence": (network.silence, SERVERS),
    "kill": (kills.run, ALL),
    "errno": (errors.run, ALL),
    "cut": (network.cuts, SERVERS),
    "dead-join": (network.dead_join, SERVERS),
    "starts": (together.starts, ALL),
    "databases": (together.two_databases, ALL),
    "reports": (together.reports, ALL),
    "lost-lock": (together.lost_locks, SERVERS),
    "hostile": (documents.hostile_files, ("",)),
    "prefixes": (documents.prefixes, ("",)),
    "transfer": (transfer.cuts, tuple(transfer.SENDERS)),
    "large": (transfer.large, tuple(transfer.SENDERS)),
    "disk": (documents.full_disk, ("sqlite", "postgres")),
}


class Options(argparse.Namespace):
    """What was asked for."""

    def server(self, kind):
        return Server(kind)

    def is_over(self):
        """Whether the short form has had its time."""
        return self.deadline is not None and time.monotonic() > self.deadline

    def short_name(self, kind):
        return next((short for short, long in KINDS.items() if long == kind), "lite")


def options():
    parser = argparse.ArgumentParser(prog="scripts/faults", description=__doc__, epilog="Sweeps: " + ", ".join(SWEEPS))
    parser.add_argument("--short", action="store_true", help="the form of scripts/test: at most three minutes")
    parser.add_argument("--db", default=",".join(KINDS), help="some of " + ",".join(KINDS))
    parser.add_argument("--points", help="so many points per sweep and database, or all")
    parser.add_argument("--only", help="these sweeps, between commas")
    parser.add_argument("--point", help="this point only, as a deviation names it")
    parser.add_argument("--seed", type=int, default=None, help="which points are sampled")
    parser.add_argument("--tieout", dest="tieout_given", help="the program; without it a release build is made")
    parser.add_argument("--xml", action="append", default=[], metavar="FEED:FILE", help="a file for `prefixes`")
    parser.add_argument("--jobs", type=int, default=(os.cpu_count() or 2) + 1, help="sweeps at once")
    parser.add_argument("--verbose", action="store_true", help="a line per point")
    chosen = parser.parse_args(namespace=Options())
    chosen.tieout = os.path.abspath(chosen.tieout_given or "target/release/tieout")
    chosen.seed = random.SystemRandom().randrange(10**6) if chosen.seed is None else chosen.seed
    chosen.deadline = time.monotonic() + SHORT if chosen.short else None
    unknown = [name for name in chosen.db.split(",") if name not in KINDS]
    unknown += [name for name in (chosen.only or "").split(",") if name and name not in SWEEPS]
    if unknown or not os.access(chosen.tieout, os.X_OK):
        fail(f"unknown: {', '.join(unknown)}" if unknown else f"{chosen.tieout} is not a program")
    return chosen


def clear(place):
    with contextlib.suppress(Exception):
        place.clear()


def end(number, _):
    """On a signal: the threads are not waited for, and nothing of them stays."""
    Place.over = True
    say("faults: ended by a signal")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what the threads would call deviations is the signal's work
    for one in list(Started.at_work):
        with contextlib.suppress(OSError):
            one.kill()
    clearing = [threading.Thread(target=clear, args=(place,), daemon=True) for place in list(Place.there)]
    for one in clearing:
        one.start()
    # Whoever sent it kills in ten seconds.
    until = time.monotonic() + 8
    for one in clearing:
        one.join(max(0, until - time.monotonic()))
    shutil.rmtree(tempfile.gettempdir(), True)
    os._exit(128 + number)


def main():
    chosen, begun = options(), time.monotonic()
    tempfile.tempdir = tempfile.mkdtemp(prefix="tieout-faults-")
    atexit.register(shutil.rmtree, tempfile.tempdir, True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    say(f"faults: {chosen.tieout}, seed {chosen.seed}")
    shim()
    kinds = [KINDS[name] for name in chosen.db.split(",")]
    names = chosen.only.split(",") if chosen.only else list(SWEEPS)
    # By turns, so that the short form on a slow machine leaves out something of each sweep, not whole sweeps.
    turns = [(name, SWEEPS[name][1][(turn + number) % len(SWEEPS[name][1])])
             for turn in range(len(transfer.SENDERS)) for number, name in enumerate(names) if turn < len(SWEEPS[name][1])]
    tasks = [(name, kind) for name, kind in turns if kind in (*kinds, "", *transfer.SENDERS)]
    with ThreadPoolExecutor(chosen.jobs) as pool:
        done = [pool.submit(run_sweep, SWEEPS[name][0], name, kind, chosen) for name, kind in tasks]
        deviations = sum(one.result() for one in done)
    say(f"faults: {deviations} deviations in {len(tasks)} sweeps after {time.monotonic() - begun:.0f} s (seed {chosen.seed})")
    return 1 if deviations else 0


if __name__ == "__main__":
    sys.exit(main())
