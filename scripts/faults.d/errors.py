"""Each file call fails once, from now on, or with all that follow; writes are cut short."""
import os
from place import Place
from program import Fault
from sweep import rerun, status_of

WRITES = ("write", "sync", "truncate", "mkdir", "rename", "open")
KINDS_OF_ERROR = [("EIO", "once"), ("ENOSPC", "once"), ("EMFILE", "once"), ("EINTR", "once"), ("EIO", "always"),
                  ("ENOSPC", "always"), ("EIO", "dead"), ("ENOSPC", "dead"), ("", "short")]


def sensible(error, do, call):
    """Whether this call can fail so."""
    if do == "short":
        return call == "write"
    if error == "ENOSPC":
        return call in WRITES
    if error == "EMFILE":
        return call in ("open", "opendir")
    if error == "EINTR":
        return call in ("open", "read", "write")
    return True


def run(sweep):
    with Place(sweep.options.tieout, sweep.options.server(sweep.kind)) as place:
        place.prepare()
        place.reset()
        calls = place.calls(*place.RUN, classes="file")
        points = [f"{number}:{error}:{do}" for number, call, _ in calls for error, do in KINDS_OF_ERROR
                  if sensible(error, do, call)]
        for point in sweep.pick("errno", points, short=14, usual=300):
            number, error, do = point.split(":")
            place.reset()
            failed = place.run(Fault(int(number), do, error or "EIO", classes="file"))
            sweep.point("errno", point, failed.fired, status_of(failed, allowed(place, failed, error, do), "it")
                        + rerun(place, not failed.fired))


def allowed(place, failed, error, do):
    """What the run may end with where this call failed."""
    if not failed.fired or do == "short":
        return (1,)
    path = failed.fired.split(" ", 1)[1]
    statuses = {1, 7}
    # The first to fail decides, unless everything fails from then on.
    if path in ("a.xml", "b.xml"):
        statuses.add(3)  # an input that cannot be read
    if path == "feed.toml":
        statuses.add(2)
    of_database = os.path.basename(path).startswith("ours.sqlite") or path == place.folder
    if place.kind == "sqlite" and (do == "dead" or of_database):
        statuses |= {4, 8}  # the file is the database; after its commit only a clean-up fails
    return tuple(statuses)
