"""SIGKILL at the N-th call, then the same command again."""
import os
import case
from place import Place
from program import Fault
from sweep import rerun, status_of


def kill(at, **filters):
    return Fault(at, "kill", **filters)


def run(sweep):
    """`run`, and the commands beside it."""
    with Place(sweep.options.tieout, sweep.options.server(sweep.kind)) as place:
        place.prepare()
        if sweep.wants("run"):
            place.reset()
            calls = place.calls(*place.RUN)
            for at in sweep.pick("run", range(1, len(calls) + 1), short=12, usual=120):
                place.reset()
                killed = place.run(kill(at))
                sweep.point("run", at, killed.fired, rerun(place, not killed.fired))
        if sweep.wants("twice"):
            for at in sweep.pick("twice", range(1, 200), short=2, usual=30):
                place.reset()
                place.run(kill(at))
                killed = place.run(kill(200 - at))
                sweep.point("twice", at, killed.fired, rerun(place, not killed.fired))
        for what, one in (("clean", clean), ("report", report), ("inbox", inbox)):
            if sweep.wants(what):
                place.reset()
                one(sweep, place)
        if sweep.kind == "sqlite" and sweep.wants("convert"):
            convert(sweep, place)
        if sweep.wants("migrate"):
            migrate(sweep, place)


def clean(sweep, place):
    """`clean` after a run that was killed while it loaded."""
    place.run(kill(1, calls="unlink", path=".chunks-"))
    calls = place.calls("clean", "feed.toml")
    for at in sweep.pick("clean", range(1, len(calls) + 1), short=3):
        place.reset()
        place.run(kill(1, calls="unlink", path=".chunks-"))
        killed = place.tieout("clean", "feed.toml", fault=kill(at))
        again = place.tieout("clean", "feed.toml")
        deviations = status_of(again, (0,), "clean again")
        left = [name for name in os.listdir(place.out) if name.startswith(".")]
        deviations += [f"clean left behind {', '.join(left)}"] if left else []
        sweep.point("clean", at, killed.fired, deviations + rerun(place, False))


def report(sweep, place):
    """`report` over the run's folder."""
    place.run()
    [number] = place.done_runs()
    calls = place.calls("report", number)
    for at in sweep.pick("report", range(1, len(calls) + 1), short=5):
        killed = place.tieout("report", number, fault=kill(at))
        again = place.tieout("report", number)
        sweep.point("report", at, killed.fired, status_of(again, (0, 1), "report again") + place.compare())


def migrate(sweep, place):
    """`migrate` in a database without tieout's tables."""
    drop = "DROP VIEW IF EXISTS tieout_breaks_faults; DROP VIEW IF EXISTS tieout_breaks_inbox; " + " ".join(
        f"DROP TABLE IF EXISTS {table};" for table in [*place.server.tables(place.name), "tieout_schema_history"])
    place.sql(drop)
    calls = place.calls("migrate")
    for at in sweep.pick("migrate", range(1, len(calls) + 1), short=3):
        place.reset_tables(drop)
        killed = place.tieout("migrate", fault=kill(at))
        again = place.tieout("migrate")
        sweep.point("migrate", at, killed.fired, status_of(again, (0,), "migrate again") + rerun(place, False))


def convert(sweep, place):
    """`convert`; it needs no database."""
    argv = ("convert", "feed.toml", "a.xml", "b.xml", "--out", f"{place.folder}/chunks")
    place.reset()
    place.drop_folder("chunks")
    calls = place.calls(*argv)
    expected = listing(place)
    for at in sweep.pick("convert", range(1, len(calls) + 1), short=6):
        place.reset()
        place.drop_folder("chunks")
        killed = place.tieout(*argv, fault=kill(at))
        again = place.tieout(*argv)
        deviations = status_of(again, (1,), "convert again")
        left = sorted(set(os.listdir(f"{place.folder}/chunks")) - set(expected[1]))
        if left or listing(place) != expected:
            deviations.append(f"the folder is another; left behind: {', '.join(left)}")
        sweep.point("convert", at, killed.fired, deviations)
    place.drop_folder("chunks")


def listing(place):
    """The folder's names, and the bytes of the chunks."""
    chunks, texts = f"{place.folder}/chunks", {}
    for name in sorted(os.listdir(chunks) if os.path.isdir(chunks) else []):
        with open(f"{chunks}/{name}", "rb") as file:
            texts[name] = file.read()
    return sorted(name for name in os.listdir(place.folder) if not name.startswith("calls.")), texts


def inbox(sweep, place):
    """Files that come day by day, as cron sees them: each verdict is told at least once."""
    os.makedirs(f"{place.folder}/inbox", exist_ok=True)
    source = f'[source]\nurl = "file:{place.folder}/inbox"\n'
    place.write("inbox.toml", case.feed(place.told_path, name="inbox", ours=case.SCOPED, source=source))
    argv = ("run", "inbox.toml", "--no-progress")

    def monday():
        place.reset()
        for day in ("tue", "wed"):
            if os.path.exists(f"{place.folder}/inbox/{day}.xml"):
                os.remove(f"{place.folder}/inbox/{day}.xml")
        place.write("inbox/mon.xml", case.inbox("mon"))
        place.tieout(*argv)
        place.write("inbox/tue.xml", case.inbox("tue"))

    monday()
    calls = place.calls(*argv)
    # Later calls matter most: between the commit and the hook.
    for at in sweep.pick("inbox", range(1, len(calls) + 1), short=6):
        monday()
        killed = place.tieout(*argv, fault=kill(at))
        told = len(place.told())
        place.write("inbox/wed.xml", case.inbox("wed"))
        again = place.tieout(*argv)
        sweep.point("inbox", at, killed.fired, all_told(place, again, told > 1, killed.fired))
    place.drop_folder("inbox")


def all_told(place, again, before, fired):
    """Tuesday's breaks are in the hook's list and in a status, perhaps twice; Wednesday is done."""
    deviations = status_of(again, (0, 1) if before else (1,) if fired else (0,), "the next day's run")
    done, told = set(place.done_runs("inbox")), set(place.told())
    if done - told:
        deviations.append(f"no hook was called for {', '.join(sorted(done - told))}")
    counted = place.sql("SELECT name FROM tieout_files f JOIN tieout_runs r ON r.run_id = f.run_id"
                        " WHERE r.status = 'done' ORDER BY name;")
    if sorted(counted) != ["mon.xml", "tue.xml", "wed.xml"]:
        deviations.append(f"counted once were {sorted(counted)}")
    left = [name for name in os.listdir(place.out) if name.startswith(".")]
    return deviations + ([f"left behind {', '.join(left)}"] if left else [])
