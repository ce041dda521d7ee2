"""What sweeps have in common: which points are tried, what is told of them."""
import random, shlex, sys, time, traceback
from dataclasses import dataclass, field
from program import say, scrub


@dataclass
class Tally:
    points: int = 0
    fired: int = 0
    deviations: int = 0  # points with any
    notes: list = field(default_factory=list)


@dataclass
class Sweep:
    """One sweep on one database; tells of each point, and at the end of all."""
    name: str
    kind: str
    options: object
    tally: Tally = field(default_factory=Tally)

    def pick(self, what, places, short=6, usual=40):
        """Some of the points `what:place`, evenly; all of them with --points all; one with --point. In the short form
        none is begun after its time."""
        chosen = self.sample(what, list(places), short, usual)
        for number, place in enumerate(chosen):
            if self.options.is_over():
                self.note(f"LEFT OUT for lack of time: {len(chosen) - number} of {what}")
                return
            yield place

    def sample(self, what, places, short, usual):
        if self.options.point:
            return [place for place in places if self.options.point == f"{what}:{place}"]
        wanted = self.options.points or (short if self.options.short else usual)
        if wanted == "all" or int(wanted) >= len(places):
            return places
        step = len(places) / int(wanted)
        offset = random.Random(f"{self.options.seed} {what} {self.name} {self.kind}").random() * step
        return [places[int(offset + number * step)] for number in range(int(wanted))]

    def wants(self, what):
        """Whether a point of this group may be wanted: what is not is not prepared."""
        return not self.options.point or self.options.point.startswith(f"{what}:")

    def point(self, what, place, fired, deviations):
        self.tally.points += 1
        self.tally.fired += bool(fired)
        name = f"{what}:{place}"
        if self.options.verbose:
            say(f"  {self.name} {self.kind} {name}: {fired if fired else 'not reached'}")
        if deviations:
            self.tally.deviations += 1
            call = f" at {fired}" if isinstance(fired, str) and fired else ""
            more = [f"and {len(deviations) - 4} more"] if len(deviations) > 4 else []
            lines = [f"DEVIATION {self.name} {self.kind} {name}{call}:", *deviations[:4], *more,
                     f"again: {self.command(name)}"]
            say("\n  ".join(lines))

    def command(self, point):
        parts = ["scripts/faults", "--only", self.name, "--point", point]
        parts += ["--db", self.options.short_name(self.kind)] if self.kind else []
        if self.options.tieout_given:
            parts += ["--tieout", self.options.tieout_given]
        return shlex.join(parts)

    def note(self, text):
        self.tally.notes.append(text)


def run_sweep(function, name, kind, options):
    """Runs it and prints its line; gives the number of deviations."""
    sweep, begun = Sweep(name, kind, options), time.monotonic()
    try:
        if options.is_over():
            sweep.note("LEFT OUT for lack of time")
        else:
            function(sweep)
    except Exception as cause:
        where = traceback.extract_tb(sys.exc_info()[2])[-1]
        sweep.tally.deviations += 1
        say(f"DEVIATION {name} {kind}: the sweep broke off: {type(cause).__name__}: {cause}"
            f" ({where.filename.rsplit('/', 1)[-1]} line {where.lineno})")
    tally = sweep.tally
    say(f"{name:<12} {kind:<9} {tally.points:5} points {tally.fired:5} fired {tally.deviations:4} deviations"
        f" {time.monotonic() - begun:6.1f} s{''.join('  ' + scrub(note) for note in tally.notes)}")
    return tally.deviations


def status_of(ended, allowed, what):
    """A deviation if the status is another."""
    if ended.status is None:
        return [f"{what} hangs: killed after {ended.seconds:.0f} s"]
    if ended.status not in allowed:
        return [f"{what} ended with {ended.status}, not {' or '.join(map(str, allowed))}: {ended.said()}"]
    return []


def rerun(place, point_had_ended, what="the same command again"):
    """The same command; what stands then must be what an undisturbed run leaves."""
    # What had come through before is known to be counted.
    allowed = (1, 3) if point_had_ended or place.done_runs() else (1,)
    again = place.run()
    return status_of(again, allowed, what) + place.compare()
