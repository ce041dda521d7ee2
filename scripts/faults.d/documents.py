"""Files: hostile ones, cut ones, and a disk that is full."""
import gzip, io, os, shutil, subprocess, sys, tempfile, zipfile
import case
from place import Place
from program import HERE, Started
from sweep import rerun, status_of

PEAK, LONGEST = 64, 60  # MB, seconds
QUICK = ("explode-small", "look-ups-small", "header", "header-in-row", "look-up", "depth", "attributes", "many-names",
         "references", "namespaces", "many-comment", "members.gz")


def hostile_files(sweep):
    """`convert` of each ends with 0, 1 or 3, in time and in little memory."""
    folder = tempfile.mkdtemp(prefix="tieout-hostile-")
    names = QUICK if sweep.options.short else hostile_py().split()
    worst = (0.0, "")
    try:
        for name in sweep.pick("hostile", names, short=len(QUICK), usual=len(names)):
            hostile_py(folder, name)
            file = f"{name[:-3]}.xml.gz" if name.endswith(".gz") else f"{name}.xml"
            argv = [sweep.options.tieout, "convert", f"{name}.toml", file, "--out", "chunks"]
            ended = Started(argv, folder).end()
            os.remove(f"{folder}/{file}")
            deviations = status_of(ended, (0, 1, 3), "convert")
            if ended.seconds > LONGEST:
                deviations.append(f"it took {ended.seconds:.0f} s, not {LONGEST}")
            if ended.peak > PEAK:
                deviations.append(f"it held {ended.peak:.0f} MB, not {PEAK}")
            worst = max(worst, (ended.peak, name))
            sweep.point("hostile", name, True, deviations)
            shutil.rmtree(f"{folder}/chunks", True)
        sweep.note(f"most memory {worst[0]:.0f} MB ({worst[1]})")
    finally:
        shutil.rmtree(folder, True)


def hostile_py(*arguments):
    """In a process of its own: the peak of a program counts that of whoever started it."""
    return subprocess.run([sys.executable, f"{HERE}/hostile.py", *arguments], check=True, capture_output=True, text=True).stdout


def packed(data):
    """{name: bytes} of one document in every packing that the standard library has, and zstd where its program is."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("a.xml", data)
    forms = {"plain": data, "gz": gzip.compress(data), "zip": archive.getvalue()}
    if shutil.which("zstd"):
        forms["zst"] = subprocess.run(["zstd", "-qc"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return forms


def prefixes(sweep):
    """No beginning of a file is taken for a whole one: of the own one, and of each --xml FEED:FILE."""
    folder = tempfile.mkdtemp(prefix="tieout-prefixes-")
    try:
        with open(f"{folder}/feed.toml", "w") as feed:
            feed.write(case.feed("/dev/null"))
        cut_everywhere(sweep, folder, "own", "feed.toml", case.theirs()["a.xml"].encode())
        for number, given in enumerate(sweep.options.xml):
            feed, path = given.split(":", 1)
            with open(path, "rb") as file:
                cut_everywhere(sweep, folder, f"{number}-{os.path.basename(path)}", os.path.abspath(feed), file.read())
        if not shutil.which("zstd"):
            sweep.note("SKIPPED: zstd is not installed")
    finally:
        shutil.rmtree(folder, True)


def cut_everywhere(sweep, folder, what, feed, data):
    data = data[:data.index(b">", data.rindex(b"</")) + 1]  # what may follow the root's end is no matter here
    for form, content in packed(data).items():
        for length in sweep.pick(f"{what}-{form}", range(len(content)), short=8, usual=300):
            cut = convert(sweep, folder, feed, content[:length])
            sweep.point(f"{what}-{form}", length, True, status_of(cut, (3,), "convert"))
        whole = convert(sweep, folder, feed, content)
        if sweep.wants(f"{what}-{form}") and whole.status not in (0, 1):
            sweep.point(f"{what}-{form}", "whole", True, status_of(whole, (0, 1), "the whole file"))


def convert(sweep, folder, feed, content):
    with open(f"{folder}/cut.xml", "wb") as file:
        file.write(content)
    ended = Started([sweep.options.tieout, "convert", feed, "cut.xml", "--out", "chunks"], folder).end()
    shutil.rmtree(f"{folder}/chunks", True)
    return ended


def full_disk(sweep):
    """--out on a tmpfs of a few pages or inodes: 7, or through; and right where there is room again."""
    with Place(sweep.options.tieout, sweep.options.server(sweep.kind)) as place:
        if not shutil.which("mount"):
            sweep.note("SKIPPED: there is no program mount")
            return
        place.prepare()
        sizes = [f"size={kib}k" for kib in (4, 8, 16, 24, 32, 48, 64, 96)] + [f"size=1m,nr_inodes={n}" for n in (2, 3, 5, 8)]
        for size in sweep.pick("disk", sizes, short=3, usual=12):
            place.reset()
            os.makedirs(place.out)
            mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", place.out], capture_output=True, text=True)
            if mounted.returncode != 0:
                sweep.note(f"SKIPPED: no tmpfs can be mounted here ({mounted.stderr.strip()[:80]})")
                return
            try:
                ended = place.run()
                left = sorted(os.listdir(place.out))
                subprocess.run(["mount", "-o", "remount,size=16m,nr_inodes=10000", place.out], check=True)
                deviations = status_of(ended, (7, 1), f"it (then {left})") + rerun(place, ended.status == 1)
                sweep.point("disk", size, ended.status == 7, deviations)
            finally:
                subprocess.run(["umount", "-l", place.out], check=False)
