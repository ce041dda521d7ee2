"""Several programs at once: of one feed, in two databases with one --out, two reports of a run."""
import time
import case
from place import Place, folder_state
from program import Fault
from sweep import status_of


def starts(sweep):
    """N simultaneous starts of one feed: exactly one answers."""
    with Place(sweep.options.tieout, sweep.options.server(sweep.kind)) as place:
        place.prepare()
        number = 8 if sweep.options.short else 50
        for attempt in sweep.pick("starts", range(1, 4), short=1, usual=3):
            place.reset()
            programs = [place.start(list(place.RUN)) for _ in range(number)]
            ended = [one.end() for one in programs]
            deviations = [text for one in ended for text in status_of(one, (1, 3, 6), "a start")]
            answers = sum(one.status == 1 for one in ended)
            if answers != 1:
                deviations.append(f"{answers} answers: {sorted(str(one.status) for one in ended)}")
            sweep.point("starts", attempt, f"{number} starts", deviations + place.compare())


def two_databases(sweep):
    """One feed name, one --out, two databases, the same second; in the second form one is held at a call."""
    tieout, server = sweep.options.tieout, sweep.options.server(sweep.kind)
    with Place(tieout, server) as one, Place(tieout, server, scale="1") as other:
        for place in (one, other):
            place.prepare()
        other.write("feed.toml", case.feed(other.told_path))
        for attempt in sweep.pick("second", range(1, 41), short=2, usual=20):
            both(sweep, "second", attempt, one, other, None)
        if sweep.wants("held"):
            one.reset()
            calls = one.calls(*one.RUN, classes="file", path="/out")
            for at in sweep.pick("held", range(1, len(calls) + 1), short=5, usual=30):
                both(sweep, "held", at, one, other, Fault(at, "delay", classes="file", path="/out", milliseconds=1500))


def both(sweep, what, point, one, other, fault):
    for place in (one, other):
        place.reset()
    time.sleep(1 - time.time() % 1)
    first = one.start(list(one.RUN), fault)
    if fault:
        time.sleep(0.25)
    second = other.start(list(other.RUN), out=one.out).end()
    first = first.end()
    deviations = status_of(first, (1,), "the first") + status_of(second, (1,), "the second")
    # Each must leave its own folder, and each database its own results.
    folders = folder_state(one.out)
    for name, place in (("the first", one), ("the second", other)):
        wanted = [place.expected[f"run 0 {file}"] for file in ("breaks.csv", "matched.csv", "rejects.csv")]
        found = [[folders.get(f"run {number} {file}") for file in ("breaks.csv", "matched.csv", "rejects.csv")]
                 for number in (0, 1)]
        if wanted not in found:
            deviations.append(f"no folder holds the answer of {name}: {folders['out']}")
        state = place.state()
        deviations += [f"{key} of {name} is another" for key in ("results", "runs", "rejects", "files")
                       if state[key] != place.expected[key]]
    if "." in folders["out"]:
        deviations.append(f"left behind: {folders['out']}")
    sweep.point(what, point, (first.fired if fault else "a start in the same second"), deviations)


def reports(sweep):
    """Two reports of one run; in the second form one is held at a call."""
    with Place(sweep.options.tieout, sweep.options.server(sweep.kind)) as place:
        place.prepare()
        [number] = place.done_runs()
        for attempt in sweep.pick("reports", range(1, 26), short=3, usual=25):
            programs = [place.start(["report", number]) for _ in range(2)]
            reported(sweep, place, "reports", attempt, number, programs, "at once")
        calls = place.calls("report", number, classes="file", path="/out")
        for at in sweep.pick("held", range(1, len(calls) + 1), short=5, usual=40):
            fault = Fault(at, "delay", classes="file", path="/out", milliseconds=1200)
            first = place.start(["report", number], fault)
            time.sleep(0.5)
            reported(sweep, place, "held", at, number, [first, place.start(["report", number])], None)


def reported(sweep, place, what, point, number, programs, fired):
    ended = [one.end() for one in programs]
    deviations = [text for one in ended for text in status_of(one, (0, 1, 6), "a report")]
    if all(one.status == 6 for one in ended):
        deviations.append("neither of two reports wrote anything")
    verified = place.tieout("verify", f"{place.out}/{number}")
    deviations += status_of(verified, (0,), "verify") + place.compare()
    sweep.point(what, point, fired or ended[0].fired, deviations)
    if deviations:  # for the next point
        place.tieout("report", number)


def lost_locks(sweep):
    """A run is held, the session that holds its lock ends, and the same command starts meanwhile."""
    with Place(sweep.options.tieout, sweep.options.server(sweep.kind)) as place:
        place.prepare()
        place.reset()
        calls = place.calls(*place.RUN, classes="file", path="/out")
        for at in sweep.pick("lost", range(1, len(calls) + 1), short=5, usual=40):
            place.reset()
            first = place.start(list(place.RUN), Fault(at, "delay", classes="file", path="/out", milliseconds=2500))
            until_fired(first)
            place.server.end_lock_holders(place.name)
            second = place.run()
            first = first.end()
            # Whoever commits answers; the other lost its lock, or finds the lock taken or the files counted.
            deviations = status_of(first, (1, 3, 4, 6), "the first") + status_of(second, (1, 3, 4, 6), "the second")
            again = place.run()
            deviations += status_of(again, (1, 3), "the same command again") + place.compare()
            sweep.point("lost", at, first.fired, deviations)


def until_fired(started, limit=20):
    begun = time.monotonic()
    while not started.fired() and not started.has_ended() and time.monotonic() - begun < limit:
        time.sleep(0.02)
