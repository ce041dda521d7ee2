"""Files that try to cost more than they should, each with the feed that reads it.

`cases()` gives `(name, feed_toml, write)`, where `write(out)` writes the file's bytes to a binary stream, piece by
piece, so that none of them is held here. Each ends with status 0, 1 or 3, in bounded memory and time.

    python3 scripts/faults.d/hostile.py                 # prints their names
    python3 scripts/faults.d/hostile.py FOLDER [NAME…]  # writes them, or all: NAME.toml and NAME.xml (or .xml.gz)
"""

import gzip
import sys
from pathlib import Path

MIB = 1 << 20


def feed(columns, xml="", key="id", more=""):
    """A feed whose columns are `name: lines`; the first is the key. `xml` may hold another `row`."""
    row = "" if "row =" in xml else 'row = "r"\n'
    text = f'[feed]\nname = "hostile"\n\n[xml]\n{row}{xml}\n\n'
    for name, lines in columns.items():
        text += f'[[column]]\nname = "{name}"\n{"key = true" if name == key else ""}\n{lines}\n\n'
    return text + more


def text(*pieces):
    """Writes pieces: a text, or a text and how often it stands there."""

    def write(out):
        for piece in pieces:
            once, times = piece if isinstance(piece, tuple) else (piece, 1)
            once = once.encode()
            # In blocks of about 1 MiB, so that no piece is held as a whole.
            block = max(1, MIB // max(1, len(once)))
            while times > 0:
                now = min(block, times)
                out.write(once * now)
                times -= now

    return write


def numbered(before, pattern, count, after):
    """Writes `pattern % n` for every number."""

    def write(out):
        out.write(before.encode())
        for start in range(0, count, 10_000):
            out.write("".join(pattern % n for n in range(start, min(start + 10_000, count))).encode())
        out.write(after.encode())

    return write


def gzip_members(count):
    """A small document, then so many gzip members that hold nothing."""

    def write(out):
        out.write(gzip.compress(b"<d><r><id>1</id></r></d>", mtime=0))
        empty = gzip.compress(b"", mtime=0)
        for _ in range(0, count, 10_000):
            out.write(empty * 10_000)

    return write


ID = {"id": 'path = "id"'}
VALUE = {**ID, "v": 'path = "v"'}
ROW = "<r><id>1</id></r>"


def in_rows():
    """What one row holds."""
    explode = {"id": 'path = "d/@k"'}
    details = text("<d><r>", ("<d k='1'/>", 2_000_000), "</r></d>")
    yield "explode", feed(explode, 'explode = "d"'), details
    small = text("<d><r>", ("<d k='1'/>", 100_000), "</r></d>")
    yield "explode-small", feed(explode, 'explode = "d"'), small
    for repeat in ("first", "last", "join", "count"):
        column = f'path = "v"\nrepeat = "{repeat}"'
        write = text("<d><r><id>1</id>", ("<v>1</v>", 5_000_000), "</r></d>")
        yield f"values-{repeat}", feed({**ID, "v": column}), write
    many = {f"c{n}": 'path = "v"' for n in range(100)}
    write = text("<d><r><id>1</id><v>", ("x", 3 * MIB), "</v></r></d>")
    yield "value-in-many-columns", feed({**ID, **many}), write
    write = text(("<d><r><id>1</id><v>", 1), ("x\"", 2 * MIB), "</v></r></d>")
    yield "quotes", feed(VALUE), write
    write = text("<d>", ("<r><id>1</id><v>" + "x" * MIB + "</v></r>", 100), "</d>")
    yield "long-rows", feed(VALUE), write
    write = text("<d><r><id>1</id><v>", ("x", 200_000), ("<b/>yyyyyyyyyy", 100_000), "</v></r></d>")
    yield "mixed-text", feed({**VALUE, "b": 'path = "v/b/c"'}), write
    empty = {f"c{n}": f'path = "c{n}"\noptional = true' for n in range(200)}
    yield "empty-columns", feed({**ID, **empty}), text("<d>", (ROW, 300_000), "</d>")
    raw = {**ID, "raw": 'path = "v"\nraw = true'}
    write = text("<d><r><id>1</id><v>", ("<x>y</x>", 400_000), "</v></r></d>")
    yield "raw", feed(raw), write


def beside_rows():
    """What is remembered beside the rows."""
    lookup = 'path = "v"\nlookup = { in = "p", id = "@id", value = "n" }'
    feed_text = feed({**ID, "v": lookup})
    rows = "<r><id>1</id><v>7</v></r></d>"
    yield "look-ups", feed_text, numbered("<d>", "<p id='%d'><n>name</n></p>", 1_000_000, rows)
    yield "look-ups-small", feed_text, numbered("<d>", "<p id='%d'><n>name</n></p>", 50_000, rows)
    joined = feed({**ID, "v": lookup + '\nrepeat = "join"'})
    write = text("<d><p id='7'><n>", ("n", MIB), "</n></p><r><id>1</id>", ("<v>7</v>", 100_000), "</r></d>")
    yield "look-ups-joined", joined, write
    groups = feed({**ID, "ccy": 'path = "c"', "amount": 'path = "a"\ntype = "decimal"\ntotal_by = "ccy"'})
    row = "<r><id>%d</id><a>1</a><c>%d</c></r>"
    yield "groups", groups, numbered("<d>", row.replace("%d</id>", "1</id>"), 100_000, "</d>")
    long = "x" * 4096
    row = f"<r><id>1</id><a>1</a><c>{long}%d</c></r>"
    yield "groups-with-long-names", groups, numbered("<d>", row, 20_000, "</d>")
    late = feed({**ID, "v": 'path = "../v"\nlate = true'})
    yield "late", late, numbered("<d>", "<s><r><id>1</id></r><v>%d</v></s>", 500_000, "</d>")
    above = feed({**ID, "v": 'path = "../v"\nrepeat = "join"'})
    yield "values-above", above, text("<d>", ("<v>x</v>", 2_000_000), ROW, "</d>")
    control = '[[control]]\nname = "n"\nper = "s"\npath = "@n"\nequals = "count"\n'
    for name, on_failure in (("controls", ""), ("controls-that-fail", 'on_failure = "warn"\n')):
        number = 1 if name == "controls" else 2
        statement = f"<s n='{number}'><r><id>1</id></r></s>"
        yield name, feed(ID, more=control + on_failure), text("<d>", (statement, 500_000), "</d>")
    reject = feed({**ID, "n": 'path = "n"\ntype = "integer"'}, 'bad_rows = "quarantine"')
    write = text("<d>", (f"<r><id>1</id><n>{'x' * 100_000}</n></r>", 2000), ROW, "</d>")
    yield "long-rejects", reject, write
    many = 'bad_rows = "quarantine"\nmax_rejects = 10000000'
    reject = feed({**ID, "n": 'path = "n"\ntype = "integer"'}, many)
    write = text("<d>", ("<r><id>1</id><n>x</n></r>", 1_000_000), ROW, "</d>")
    yield "many-rejects", reject, write


def amplified():
    """What becomes more than it was."""
    header = feed({**ID, "h": 'path = "../h"'})
    yield "header", header, text("<d><h>", ("h", MIB), "</h>", (ROW, 1000), "</d>")
    header = feed({"id": 'path = "k/@k"', "h": 'path = "h"'}, 'explode = "k"')
    yield "header-in-row", header, text("<d><r><h>", ("h", MIB), "</h>", ("<k k='1'/>", 1000), "</r></d>")
    lookup = 'path = "v"\nlookup = { in = "p", id = "@id", value = "n" }'
    row = "<r><id>1</id><v>7</v></r>"
    yield "look-up", feed({**ID, "v": lookup}), text("<d><p id='7'><n>", ("n", MIB), "</n></p>", (row, 1000), "</d>")


def markup():
    """What stands around the values."""
    plain = feed(ID)

    def beside(*pieces):
        return text("<d>", ROW, *pieces, "</d>")

    yield "depth", plain, text(("<a>", 3_000_000))
    yield "depth-closed", plain, text("<d>", ("<a>", 200), ROW, ("</a>", 200), "</d>")
    name = "n" * MIB
    yield "names", plain, text(*[f"<d{n}{name}>" for n in range(200)], ROW)
    yield "attributes", plain, numbered("<d><r", " a%d='1'", 1_000_000, "><id>1</id></r></d>")
    yield "few-attributes", plain, numbered("<d><r", " a%d='1'", 2000, "><id>1</id></r></d>")
    yield "long-attribute", plain, text("<d><r a='", ("x", 64 * MIB), "'><id>1</id></r></d>")
    yield "references", plain, beside("<x a='", ("&lt;", 900_000), "'/>")
    yield "many-names", plain, numbered("<d>", "<n%d/>", 2_000_000, ROW + "</d>")
    name = "n" * 240
    values = ["".join(f"<{name}{n}>{k:020}</{name}{n}>" for n in range(500)) for k in range(2)]
    names = "".join(f"<p{parent}>{value}</p{parent}>" for parent in range(50) for value in values)
    yield "remembered-names", plain, beside(names)
    declared = "".join(f" xmlns:p{n}='urn:{n}'" for n in range(1000))
    wanted = feed(ID, 'namespace = "urn:*"')
    opened = text(*[f"<d{declared}>"] * 250, "<r xmlns='urn:r'><id>1</id></r>", ("</d>", 250))
    yield "namespaces", wanted, opened
    declared = "".join(f" xmlns:p{n}='urn:{n}'" for n in range(1023))
    for kind, name in (("one-prefix", lambda n: f"p0:a{n}"), ("many-prefixes", lambda n: f"p{n}:a")):
        element = "<x" + "".join(f" {name(n)}=''" for n in range(1000)) + "/>"
        write = text(f"<d{declared}>", (element, 700), ROW, "</d>")
        yield f"attributes-of-{kind}", plain, write
    uri = "u" * MIB
    write = text(*[f"<d xmlns='{uri}'>"] * 100, "<r xmlns='urn:r'><id>1</id></r>", ("</d>", 100))
    yield "long-namespaces", wanted, write
    for kind, begin, end in (
        ("text", "<x>", "</x>"),
        ("comment", "<!--", "-->"),
        ("cdata", "<x><![CDATA[", "]]></x>"),
        ("instruction", "<?x ", "?>"),
        ("tag", "<x ", "/>"),
    ):
        yield f"huge-{kind}", plain, beside(begin, ("y", 128 * MIB), end)
        yield f"large-{kind}", plain, beside((begin + "y" * 900_000 + end, 100))
        yield f"many-{kind}", plain, beside((f"{begin}{end}", 1_000_000))
    yield "large-then-small", plain, beside(("<!--" + "y" * MIB + "-->" + "<a/>" * 250_000, 20))
    pieces = text("<d><r><id>1</id><v>", ("<![CDATA[x]]>", 1_000_000), "</v></r></d>")
    yield "cdata-pieces", feed(VALUE), pieces
    yield "endless-value", feed(VALUE), text("<d><r><id>1</id><v>", ("<![CDATA[x]]>", 30_000_000), "</v></r></d>")
    doctype = text("<!DOCTYPE d [", ("<!ELEMENT a ANY>", 5_000_000), "]>", "<d>", ROW, "</d>")
    yield "doctype", plain, doctype
    declared = numbered("<!DOCTYPE d [", "<!ATTLIST a%d b CDATA #IMPLIED>", 100_000, f"]><d>{ROW}</d>")
    yield "doctype-attributes", plain, declared
    yield "members.gz", plain, gzip_members(100_000)


def cases():
    """All of them: name, feed, writer."""
    for group in (in_rows, beside_rows, amplified, markup):
        yield from group()


def main():
    if len(sys.argv) == 1:
        print("\n".join(name for name, _, _ in cases()))
        return
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    for name, feed_text, write in cases():
        if names and name not in names:
            continue
        (folder / f"{name}.toml").write_text(feed_text)
        packed = name.endswith(".gz")
        with open(folder / (name.replace(".gz", ".xml.gz") if packed else f"{name}.xml"), "wb") as out:
            write(out)


if __name__ == "__main__":
    main()
