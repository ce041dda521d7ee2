"""Measures tieout against what people write by hand, on one machine in one run. Prints ratios.

Every rival starts from what is said beside it; each figure is the best of TIEOUT_BENCH_ROUNDS (default 2) rounds,
taken in turns so that a slow moment hits both.
"""
import os, random, resource, shutil, subprocess, sys, tempfile, time
from datetime import date, datetime, timedelta
from urllib.parse import unquote, urlparse

ROWS = int(sys.argv[1])
ROUNDS = int(os.environ.get("TIEOUT_BENCH_ROUNDS", "2"))
TIEOUT = os.path.abspath("target/release/tieout")
HERE = os.path.dirname(os.path.abspath(__file__))
COLUMNS = ["reference", "account", "amount", "currency", "booked_on", "value_date", "created_at", "status", "party", "memo"]
WORDS = "invoice payment salary transfer refund fee interest rent order subscription settlement".split()


def generate(folder, rows, ours=True):
    """theirs.xml (10 child elements a row), ours.csv (the same rows, 1 % changed, 0.5 % missing)."""
    rng = random.Random(7)
    with open(f"{folder}/theirs.xml", "w") as xml, open(f"{folder}/ours.csv", "w") as csv:
        xml.write('<?xml version="1.0" encoding="UTF-8"?>\n<Entries>\n')
        day0, stamp0 = date(2026, 1, 1), datetime(2026, 1, 1)
        for n in range(rows):
            ref = f"REF{n:010d}"
            account = f"CH{rng.randrange(10**18):019d}"
            amount = f"{rng.randrange(-10**9, 10**9) / 100:.2f}"
            currency = rng.choice(("EUR", "CHF", "USD"))
            booked = day0 + timedelta(rng.randrange(30))
            value = booked + timedelta(1)
            stamp = stamp0 + timedelta(seconds=rng.randrange(2_592_000), microseconds=rng.randrange(1, 10**6))
            status = rng.choice(("BOOK", "PDNG"))
            party = f"{rng.choice(WORDS).title()} &amp; {rng.choice(WORDS).title()} AG"
            memo = " ".join(rng.choice(WORDS) for _ in range(4))
            xml.write(
                f"<Entry><Reference>{ref}</Reference><Account>{account}</Account><Amount>{amount}</Amount>"
                f"<Currency>{currency}</Currency><BookedOn>{booked}</BookedOn><ValueDate>{value}</ValueDate>"
                f"<CreatedAt>{stamp.isoformat()}</CreatedAt><Status>{status}</Status><Party>{party}</Party>"
                f"<Memo>{memo}</Memo></Entry>\n")
            if ours and n % 200 != 3:
                if n % 100 == 7:
                    amount = f"{float(amount) + 0.01:.2f}"
                csv.write(f'{ref},{account},{amount},{currency},{booked},{value},{stamp},{status},"{party.replace("&amp;", "&")}",{memo}\n')
        xml.write("</Entries>\n")


FEED = """[feed]
name = "bench"
[xml]
row = "Entry"
""" + "".join(f"""
[[column]]
name = "{name}"
path = "{''.join(part.title() for part in name.split('_'))}"
{'key = true' if name == 'reference' else ''}
{dict(amount='type = "decimal"', booked_on='type = "date"', value_date='type = "date"', created_at='type = "timestamp"').get(name, '')}
""" for name in COLUMNS) + """
[ours]
table = "bench_ours"
"""

ITERPARSE = """
import csv, sys
from xml.etree.ElementTree import iterparse
out = csv.writer(open(sys.argv[2], 'w', newline=''))
names = %r
for _, e in iterparse(sys.argv[1]):
    if e.tag == 'Entry':
        out.writerow([e.findtext(n) for n in names])
        e.clear()
""" % ["".join(part.title() for part in name.split("_")) for name in COLUMNS]


def timed(argv, env=None, stdin=None, ok=(0,)):
    """(seconds, peak resident MB of the child)."""
    begun = time.monotonic()
    child = subprocess.Popen(argv, stdin=open(stdin) if stdin else subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, env={**os.environ, **(env or {})})
    stderr = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in ok:
        sys.exit(f"{argv[:3]} ended with {code}: {stderr.decode()[-2000:]}")
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def contest(ours, rival):
    """Best of the rounds, in turns: ((seconds, MB), seconds of the rival)."""
    mine, theirs = [], []
    for _ in range(ROUNDS):
        mine.append(ours())
        theirs.append(rival())
    return min(mine), min(theirs)


def line(name, mine, rival, wanted):
    ratio = mine[0] / rival[0]
    print(f"{name:<58} {mine[0]:7.2f} s {rival[0]:7.2f} s   ratio {ratio:5.2f}   wanted {wanted}", flush=True)


def client(kind, url, folder):
    """argv and environment of the server's own client; the password goes by the environment."""
    u = urlparse(url)
    if kind == "postgres":
        program = os.environ.get("TIEOUT_TEST_PSQL", "psql")
        return [program, "-q", "-v", "ON_ERROR_STOP=1", "-h", u.hostname, "-p", str(u.port), "-U", u.username, "-d", "tieout_bench"], \
            {"PGPASSWORD": unquote(u.password or "")}
    program = os.environ.get("TIEOUT_TEST_MYSQL_CLIENT" if kind == "mysql" else "TIEOUT_TEST_MARIADB_CLIENT", "mysql" if kind == "mysql" else "mariadb")
    return [program, "--no-defaults", "--local-infile=1", "-h", u.hostname, "-P", str(u.port), "-u", u.username, "tieout_bench"], \
        {"MYSQL_PWD": unquote(u.password or "")}


def admin(kind, url, sql):
    argv, env = client(kind, url, None)
    argv[argv.index("tieout_bench")] = "postgres" if kind == "postgres" else "mysql"
    timed(argv + (["-c", sql] if kind == "postgres" else ["-e", sql]), env)


def script(kind, folder, name):
    """Fills the folder's name into a script and gives the file to run."""
    text = open(f"{HERE}/{name}.{'postgres' if kind == 'postgres' else 'mysql'}.sql").read().replace("@FOLDER@", folder)
    text = text.replace("@BIN@", "utf8mb4_0900_bin" if kind == "mysql" else "utf8mb4_nopad_bin")
    path = f"{folder}/{name}.{kind}.sql"
    with open(path, "w") as out:
        out.write(text)
    return path


def bench_convert(folder):
    chunks = f"{folder}/chunks"
    def mine():
        shutil.rmtree(chunks, ignore_errors=True)
        return timed([TIEOUT, "convert", f"{folder}/feed.toml", f"{folder}/theirs.xml", "--out", chunks])
    with open(f"{folder}/iterparse.py", "w") as out:
        out.write(ITERPARSE)
    python = contest(mine, lambda: timed([sys.executable, f"{folder}/iterparse.py", f"{folder}/theirs.xml", f"{folder}/iter.csv"]))
    line("convert, against Python's iterparse to CSV", *python, "<= 0.12")
    if shutil.which("xmllint"):
        lint = contest(mine, lambda: timed(["xmllint", "--stream", "--noout", f"{folder}/theirs.xml"]))
        line("convert, against xmllint --stream --noout (no rows made)", *lint, "-")
    print(f"{'convert, peak memory':<58} {python[0][1]:7.1f} MB", flush=True)


def bench_run(kind, url, folder, wanted):
    admin(kind, url, "DROP DATABASE IF EXISTS tieout_bench")
    admin(kind, url, "CREATE DATABASE tieout_bench")
    argv, env = client(kind, url, folder)
    timed(argv, env, script(kind, folder, "ours"))
    own = url.rsplit("/", 1)[0] + "/tieout_bench"
    peak = []
    def mine():
        shutil.rmtree(f"{folder}/out", ignore_errors=True)
        result = timed([TIEOUT, "run", f"{folder}/feed.toml", f"{folder}/theirs.xml", "--force", "--out", f"{folder}/out", "--database", own], ok=(1,))
        peak.append(result[1])
        return result
    by_hand = script(kind, folder, "by_hand")
    ours, rival = contest(mine, lambda: timed(argv, env, by_hand))
    line(f"run from XML on {kind}, against a script from ready CSV", ours, rival, wanted)
    print(f"{'run, peak memory':<58} {max(peak):7.1f} MB", flush=True)
    admin(kind, url, "DROP DATABASE tieout_bench")


def main():
    # Servers read these files as other users, or through clients in other folders.
    folder = tempfile.mkdtemp(prefix="tieout-bench-")
    try:
        generate(folder, ROWS)
        with open(f"{folder}/feed.toml", "w") as out:
            out.write(FEED)
        size = os.path.getsize(f"{folder}/theirs.xml") / 1e6
        print(f"{ROWS} rows x {len(COLUMNS)} columns, {size:.0f} MB of XML; best of {ROUNDS} rounds; tieout first, rival second\n", flush=True)
        bench_convert(folder)
        # The rival's input: the CSV that a converter has already made, with a plain header and no digests.
        timed([sys.executable, f"{folder}/iterparse.py", f"{folder}/theirs.xml", f"{folder}/theirs.csv"])
        for kind, wanted in (("postgres", "<= 1.0"), ("mysql", "<= 1.1"), ("mariadb", "<= 1.1")):
            url = os.environ.get(f"TIEOUT_TEST_{kind.upper()}_URL")
            only = os.environ.get("TIEOUT_BENCH_ONLY")
            if url and (not only or kind in only.split(",")):
                bench_run(kind, url, folder, wanted)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
