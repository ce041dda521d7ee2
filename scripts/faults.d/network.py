"""The connection is cut, a COMMIT's reply is lost, or the server falls silent."""
import time
from concurrent.futures import ThreadPoolExecutor
import case
from place import Place
from sweep import rerun, status_of

SILENCE = 'statement_timeout = "3s"\nlock_timeout = "3s"'
# The program's own deadline is 3 s and 5 s more, or 15 s to connect; then 5 s to come to an end, and 7 s of a slow machine.
SOON, CONNECTING = 20, 27


def cuts(sweep):
    with Place(sweep.options.tieout, sweep.options.server(sweep.kind), relayed=True) as place:
        place.prepare()
        packets, commits = passed(place)
        for how in ("rst", "fin"):
            for at in sweep.pick(how, range(1, packets + 1), short=4, usual=30):
                cut(sweep, place, how, at)
        for at in sweep.pick("commit", range(1, commits + 1), short=3, usual=30):
            cut(sweep, place, "commit", at)


def passed(place):
    """How many packets and COMMITs an undisturbed run has."""
    place.reset()
    place.run()
    return place.relay.packets, place.relay.commits


def cut(sweep, place, how, at):
    place.reset()
    place.relay.disturb(how, at)
    ended = place.run()
    fired = place.relay.fired_at is not None
    place.relay.disturb(None, 0)
    # After the verdict's commit a lost clean-up is 8; after everything nothing is lost.
    deviations = status_of(ended, (4, 1, 8) if fired else (1,), "it")
    sweep.point(how, at, fired and f"packet {at}", deviations + rerun(place, not fired))


def silence(sweep):
    """All points at once: they mostly wait."""
    with Place(sweep.options.tieout, sweep.options.server(sweep.kind), relayed=True) as place:
        place.prepare()
        packets, _ = passed(place)
    points = list(sweep.pick("silent", range(1, packets + 1), short=6, usual=24))
    slowest = 0.0
    with ThreadPoolExecutor(6) as pool:
        for at, (fired, seconds, deviations) in zip(points, pool.map(lambda at: silent(sweep, at), points)):
            slowest = max(slowest, seconds)
            sweep.point("silent", at, fired and f"packet {at}", deviations)
    sweep.note(f"slowest end {slowest:.1f} s after the silence began")


def silent(sweep, at):
    with Place(sweep.options.tieout, sweep.options.server(sweep.kind), relayed=True, database_keys=SILENCE) as place:
        place.prepare()
        place.reset()
        place.relay.disturb("silent", at)
        ended = place.run(limit=40)
        since = place.relay.fired_at
        if since is None:
            return False, 0.0, []
        seconds = time.monotonic() - since
        deviations = status_of(ended, (4, 1, 8), "it")
        if ended.status is not None and seconds > (CONNECTING if "connect" in ended.stderr else SOON):
            deviations.append(f"it took {seconds:.1f} s to end: {ended.said()}")
        place.relay.disturb(None, 0)
        return True, seconds, deviations + while_it_waits(place)


def while_it_waits(place):
    """The server has not noticed: the next run ends the dead sessions, and answers. Gives deviations."""
    told = bool(place.told())
    again = place.run()
    if again.status == 1:
        return place.compare()
    place.relay.hang_up()
    # What was told already is known to be counted.
    deviations = status_of(again, (1, 3) if told else (1,), "the same command, while the server still waits,")
    return deviations + rerun(place, False, "the same command, after the old connections ended,")


def dead_join(sweep):
    """kill -9 in a long join, then the same command at once: the dead run's session must not block it."""
    nap = {"postgres": "pg_sleep(cast(:nap as double precision))"}.get(sweep.kind, "sleep(:nap)")
    with Place(sweep.options.tieout, sweep.options.server(sweep.kind)) as place:
        place.prepare()
        place.reset()
        query = f'query = "select o.* from ours o, (select {nap} as slept) s"'
        place.write("feed.toml", case.feed(place.told_path, ours=query))
        for seconds in sweep.pick("killed", (1.5, 3.0), short=1, usual=2):
            place.reset()
            started = place.start([*place.RUN, "--set", "nap=90"])
            time.sleep(seconds + 1)
            started.kill()
            killed = started.end()
            begun = time.monotonic()
            again = place.tieout(*place.RUN, "--set", "nap=0", limit=110)
            took = time.monotonic() - begun
            deviations = status_of(again, (1,), f"the same command, for {took:.0f} s,")
            if took > 45:
                deviations.append(f"the same command took {took:.0f} s")
            sweep.point("killed", seconds, killed.status == -9, deviations)
