"""A transfer is cut after the N-th byte that its server says, by an end, a reset or silence; and a large one is brought.

Each point is a whole run and the same command once more. Whatever the first one came to, the files are counted once and
with the right results afterwards, and lie where the feed says.
"""
import os, re
import case
from place import Place
from senders import SENDERS
from sweep import status_of

WAYS = ("fin", "rst", "stall")
# Longest silence; the pauses before further attempts are no longer either.
TIMEOUT = 2
MOST_MEMORY = 64  # MB
LARGE = 2 << 30  # bytes


class Transfer(Place):
    """A place whose files come from a server."""

    RUN = ("run", "feed.toml", "--no-progress")

    def __init__(self, tieout, server, sender, timeout=TIMEOUT):
        super().__init__(tieout, server)
        self.sender = sender
        # More of the files than of all else that a server says.
        self.files = {**case.theirs(), "a.xml": case.theirs()["a.xml"].replace("<!--", f"<!--{'padding ' * 500}")}
        after = 'after = "archive"\narchive = "done"\n' if sender.moves else ""
        source = (f'[source]\n{sender.source()}{after}settle = "1ms"\norder = "name"\nallow_none = true\n'
                  f'timeout = "{timeout}s"\n')
        self.write("feed.toml", case.feed(self.told_path, ours=case.SCOPED, source=source))

    def reset(self):
        super().reset()
        self.sender.cutter.disturb(None, 0)
        self.sender.cutter.hang_up()
        self.sender.fill(self.files)

    def state(self):
        """What the runs came to together: a file may come with one run and the next with another."""
        queries = [
            ("results", "SELECT outcome, differing, row_key, theirs, ours, record, line FROM tieout_results"
                        " ORDER BY row_key, outcome, record"),
            ("rejects", "SELECT record, line, byte, column_name, value, reason FROM tieout_rejects ORDER BY value, line"),
            ("files", "SELECT name, sha256 FROM tieout_files ORDER BY name"),
            ("unfinished", "SELECT status FROM tieout_runs WHERE status NOT IN ('done', 'failed', 'abandoned')"),
        ] + [(table, f"SELECT count(*) FROM {table}") for table in self.all_tables
             if re.match("tieout_(stage|join|tie)_", table)]
        state = {name: "\n".join(self.sql(query + ";")) for name, query in queries}
        state.update({f"sender's {path}": text for path, text in self.sender.lies().items()})
        state["left in --out"] = " ".join(sorted(name for name in os.listdir(self.out) if name.startswith(".")))
        return state


def cuts(sweep):
    with SENDERS[sweep.kind]() as sender, Transfer(sweep.options.tieout, sweep.options.server("sqlite"), sender) as place:
        place.reset()  # the files are there
        place.prepare()
        place.reset()
        place.run()
        total = sender.cutter.passed
        split = 0
        for how in WAYS:
            for at in sweep.pick(how, range(total), short=1, usual=200):
                place.reset()
                sender.cutter.disturb(how, at)
                split += cut(sweep, place, how, at)
        sweep.note(f"{total} bytes")
        if split:
            sweep.note(f"{split} times the files came with two runs")


def cut(sweep, place, how, at):
    """One point; gives whether each of the files came with a run of its own."""
    ended = place.run()
    fired = place.sender.cutter.fired
    place.sender.cutter.disturb(None, 0)
    deviations = status_of(ended, (1, 5, 8) if fired else (1,), "it")
    counted = place.sql("SELECT count(*) FROM tieout_files;")
    again = place.run()
    deviations += status_of(again, (0,) if counted == ["2"] else (1,), "the same command again") + place.compare()
    sweep.point(how, at, fired and f"byte {at}", deviations)
    return len(place.done_runs()) == 2


def large(sweep):
    """A file of 2 GB, in flat memory."""
    if sweep.options.short:
        return sweep.note("not in the short form")
    tieout, server = sweep.options.tieout, sweep.options.server("sqlite")
    # moto reads all of a file before it says a word.
    with SENDERS[sweep.kind]() as sender, Transfer(tieout, server, sender, timeout=60) as place:
        path = f"{sender.folder}/large.xml"
        with open(path, "w") as file:
            file.write("<rows>\n" + case.record(1) + case.record(2))
            # Of pieces, since no text may be that long.
            for _ in range(LARGE >> 20):
                file.write("<!-- -->\n".rjust(1 << 20))
            file.write(case.record(3) + "</rows>\n")
        sender.take(path)
        ended = place.run(limit=900)
        deviations = status_of(ended, (0,), "it")
        if ended.peak > MOST_MEMORY:
            deviations.append(f"it took {ended.peak:.0f} MB")
        if place.sql("SELECT count(*) FROM tieout_files;") != ["1"]:
            deviations.append("the file is not counted")
        if any(name.startswith(".") for name in os.listdir(place.out)):
            deviations.append("something is left in --out")
        sweep.point("large", LARGE >> 20, f"{LARGE >> 20} MB", deviations)
        sweep.note(f"{ended.peak:.0f} MB of memory, {ended.seconds:.0f} s")
