"""One small reconciliation: two files, 29 records in ten chunks, breaks of all kinds, three rejects, a hook."""

FEED = """[feed]
name = "{name}"

{database}
{source}
[xml]
row = "r"
chunk_rows = 3
bad_rows = "quarantine"

[[column]]
name = "id"
type = "integer"
key = true

[[column]]
name = "amount"
type = "decimal"
tolerance = "0.01"
total_by = "note"

[[column]]
name = "note"

[[column]]
name = "booked"
type = "date"

[ours]
{ours}

[results]
matched = true

[after]
command = ["/bin/sh", "-c", "echo {{run}} {{status}} >> {told}"]
on = ["tied_out", "breaks"]
"""


def feed(told, name="faults", ours='table = "ours"', source="", database=""):
    return FEED.format(told=told, name=name, ours=ours, source=source, database=database)


def record(number, amount=None, note="paid", booked=None):
    amount = f"{number * 10}.{number % 7}" if amount is None else amount
    booked = f"2026-01-{number % 28 + 1:02}" if booked is None else booked
    return f"<r><id>{number}</id><amount>{amount}</amount><note>{note}</note><booked>{booked}</booked></r>\n"


def document(records, comment=""):
    return "<rows>\n" + "".join(records) + f"</rows>\n<!--{comment}-->\n"


def theirs():
    """The two files."""
    first = [record(n, amount=f"{n * 10}.9" if n % 6 == 0 else None) for n in range(1, 15) if n % 8]
    first += [record(3), record(900, amount="1e"), record(70, amount="44.40")]
    second = [record(n, note="sent" if n == 20 else "paid") for n in range(15, 29) if n % 8]
    second += [record(901, booked="2026-13-01"), record(902, amount="x")]
    return {"a.xml": document(first), "b.xml": document(second)}


def table(scale=""):
    """Ours, as SQL. `scale` makes another one."""
    rows = [f"({n}, {n * 10}.{n % 7}{scale}, '{'other' if n % 11 == 0 else 'paid'}', '2026-01-{n % 28 + 1:02}')"
            for n in range(1, 29) if n % 5]
    rows += ["(99, 1, 'ours alone', '2026-02-01')", "(7, 1, 'twice', '2026-02-01')", "(71, 44.40, 'paid', '2026-01-15')"]
    return ("CREATE TABLE ours (id integer, amount decimal(20,2), note varchar(40), booked date);"
            f" INSERT INTO ours VALUES {', '.join(rows)};")


SCOPED = 'table = "ours"\nwhere = "id in (select id from {theirs})"'


def inbox(day):
    """Three files that come one after the other: the second has breaks."""
    return {"mon": document([record(1), record(2)]),
            "tue": document([record(3, amount="3.33"), record(4)]),
            "wed": document([record(6), record(8)])}[day]
