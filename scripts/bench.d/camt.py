"""A camt.053 statement file through everything that can make rows of it: seconds, ratio to libxml2's bare streaming
parse (which makes none), peak memory. Tools in turns; the median of TIEOUT_BENCH_ROUNDS (default 3), slow ones once.

Rivals that are missing are named: what cannot be installed is not measured, and that is said.
"""
import os, random, shutil, statistics, subprocess, sys, tempfile, time

ENTRIES = int(sys.argv[1])
RIVALS = sys.argv[2]  # a Python with lxml, pandas, xml2arrow, pyarrow where they could be installed
ROUNDS = int(os.environ.get("TIEOUT_BENCH_ROUNDS", "3"))
TIEOUT = os.path.abspath("target/release/tieout")

ENTRY = """   <Ntry>
    <NtryRef>{n:012d}</NtryRef>
    <Amt Ccy="EUR">{amount}</Amt>
    <CdtDbtInd>{sign}</CdtDbtInd>
    <Sts>BOOK</Sts>
    <BookgDt>
     <Dt>2026-03-{day:02d}</Dt>
    </BookgDt>
    <ValDt>
     <Dt>2026-03-{day:02d}</Dt>
    </ValDt>
    <AcctSvcrRef>ASR{n:013d}</AcctSvcrRef>
    <BkTxCd>
     <Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>
    </BkTxCd>
    <NtryDtls>
     <TxDtls>
      <Refs><EndToEndId>E2E-{n:010d}</EndToEndId><TxId>TX{n:012d}</TxId></Refs>
      <RltdPties>
       <Dbtr><Nm>M\u00fcller &amp; S\u00f6hne {party} GmbH</Nm></Dbtr>
       <DbtrAcct><Id><IBAN>DE{party:020d}</IBAN></Id></DbtrAcct>
      </RltdPties>
      <RmtInf><Ustrd>Rechnung {n} &lt;{party}&gt; vielen Dank</Ustrd></RmtInf>
     </TxDtls>
    </NtryDtls>
   </Ntry>
"""

#      column         path                                        type
COLUMNS = [
    ("statement", "../Id", "key = true"),
    ("iban", "../Acct/Id/IBAN", ""),
    ("reference", "NtryRef", "key = true"),
    ("amount", "Amt", 'type = "decimal"\nsign = { path = "CdtDbtInd", negative = ["DBIT"] }'),
    ("currency", "Amt/@Ccy", ""),
    ("status", "Sts", ""),
    ("booked_on", "BookgDt/Dt", 'type = "date"'),
    ("value_date", "ValDt/Dt", 'type = "date"'),
    ("bank_reference", "AcctSvcrRef", ""),
    ("family", "BkTxCd/Domn/Fmly/Cd", ""),
    ("end_to_end", "NtryDtls/TxDtls/Refs/EndToEndId", ""),
    ("debtor", "NtryDtls/TxDtls/RltdPties/Dbtr/Nm", ""),
    ("debtor_iban", "NtryDtls/TxDtls/RltdPties/DbtrAcct/Id/IBAN", ""),
    ("memo", "NtryDtls/TxDtls/RmtInf/Ustrd", ""),
]
OWN = [(name, path) for name, path, _ in COLUMNS if not path.startswith("..")]
ROOT = "/Document/BkToCstmrStmt/Stmt"

ITERPARSE = """
import csv, sys
%s
ns = '{urn:iso:std:iso:20022:tech:xsd:camt.053.001.02}'
paths = [tuple(('/'.join(ns + s for s in p.split('/@')[0].split('/')), p.partition('/@')[2])) for p in %r]
out = csv.writer(open(sys.argv[2], 'w', newline=''))
ids = ['', '']
for event, e in iterparse(sys.argv[1], events=('end',)):
    if e.tag == ns + 'Id' and not len(e):
        ids[0] = e.text
    elif e.tag == ns + 'Acct':
        ids[1] = e.findtext(ns + 'Id/' + ns + 'IBAN')
    elif e.tag == ns + 'Ntry':
        row = [(e.find(p).get(a) if a else e.findtext(p)) for p, a in paths]
        out.writerow(ids + row)
        e.clear()
%s
"""
PANDAS = """
import pandas, sys
frame = pandas.read_xml(sys.argv[1], xpath='//c:Ntry', namespaces={'c': 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'})
frame.to_csv(sys.argv[2], index=False)
"""
ARROW = """
import pyarrow.csv, sys
from xml2arrow import XmlToArrowParser
for name, batch in XmlToArrowParser(sys.argv[3]).parse(sys.argv[1]).items():
    pyarrow.csv.write_csv(batch, sys.argv[2])
"""


def generate(path, entries):
    rng = random.Random(7)
    per_statement = max(1, entries // 100)
    with open(path, "w", encoding="utf-8") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">\n <BkToCstmrStmt>\n')
        for n in range(entries):
            if n % per_statement == 0:
                statement = n // per_statement
                out.write("  </Stmt>\n" if n else "")
                out.write(f"  <Stmt>\n   <Id>STMT-{statement:06d}</Id>\n   <Acct><Id><IBAN>CH{statement:019d}</IBAN></Id></Acct>\n")
            out.write(ENTRY.format(n=n, amount=f"{rng.randrange(1, 10**8) / 100:.2f}", sign=rng.choice(("CRDT", "DBIT")),
                                   day=rng.randrange(1, 29), party=rng.randrange(5000)))
        out.write("  </Stmt>\n </BkToCstmrStmt>\n</Document>\n")


def timed(argv):
    """(seconds, peak resident MB) of a command, its children included."""
    begun = time.monotonic()
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    stderr = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{argv[:3]} failed: {stderr.decode()[-2000:]}")
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def has(module):
    return subprocess.run([RIVALS, "-c", f"import {module}"], capture_output=True).returncode == 0


def write(path, text):
    with open(path, "w") as out:
        out.write(text)
    return path


def contestants(folder, xml):
    """name → (argv, rounds, remark); None: it is not here."""
    feed = '[feed]\nname = "camt"\n[xml]\nrow = "Stmt/Ntry"\n' + "".join(
        f'[[column]]\nname = "{name}"\npath = "{path}"\n{rest}\n' for name, path, rest in COLUMNS)
    write(f"{folder}/camt.toml", feed)
    fields = "".join(f"      - {{name: {name}, xml_path: {ROOT}/Ntry/{path}, data_type: Utf8, nullable: true}}\n" for name, path in OWN)
    write(f"{folder}/arrow.yaml", f"tables:\n  - name: entries\n    xml_path: {ROOT}\n    levels: []\n    fields:\n{fields}")
    paths = [path for _, path in OWN]
    clean = "        while e.getprevious() is not None: del e.getparent()[0]"
    csv = f"{folder}/rival.csv"
    fresh = f"rm -rf {folder}/chunks; exec {TIEOUT} convert {folder}/camt.toml {xml} --out {folder}/chunks"
    elements = "NtryRef Amt CdtDbtInd Sts AcctSvcrRef"
    select = " -o , ".join(f"-v {'/'.join('c:' + step if step[0] != '@' else step for step in path.split('/'))}" for _, path in OWN)
    star = (f"exec xmlstarlet sel -T -N c=urn:iso:std:iso:20022:tech:xsd:camt.053.001.02 -t -m //c:Ntry -v ../c:Id -o , "
            f"-v ../c:Acct/c:Id/c:IBAN -o , {select} -n {xml} > {csv}")
    script = lambda name, text: write(f"{folder}/{name}.py", text)
    here = shutil.which
    return {
        "tieout convert": (["sh", "-c", fresh], ROUNDS, "14 columns, checked types, a digest per row"),
        "xmllint --stream --noout": (["xmllint", "--stream", "--noout", xml], ROUNDS, "libxml2 alone, no rows") if here("xmllint") else None,
        "xml2 | 2csv": (["sh", "-c", f"xml2 < {xml} | 2csv Ntry {elements} > {csv}"], ROUNDS, "5 columns, no copying down") if here("2csv") else None,
        "xml2arrow": ([RIVALS, script("arrow", ARROW), xml, csv, f"{folder}/arrow.yaml"], ROUNDS, "12 columns, no copying down") if has("xml2arrow, pyarrow") else None,
        "ElementTree.iterparse": ([RIVALS, script("iter", ITERPARSE % ("from xml.etree.ElementTree import iterparse", paths, "")), xml, csv], 1, "14 columns of text"),
        "lxml iterparse": ([RIVALS, script("lxml_iter", ITERPARSE % ("from lxml.etree import iterparse", paths, clean)), xml, csv], 1, "14 columns of text") if has("lxml") else None,
        "xmlstarlet": (["sh", "-c", star], 1, "14 columns, no quoting") if here("xmlstarlet") else None,
        "pandas.read_xml": ([RIVALS, script("pandas_", PANDAS), xml, csv], 1, "direct children only") if has("pandas, lxml") else None,
    }


def table(folder, xml):
    measured = {name: [] for name in contestants(folder, xml)}
    all_of_them = contestants(folder, xml)
    for turn in range(ROUNDS):
        for name, contestant in all_of_them.items():
            if contestant and turn < contestant[1]:
                measured[name].append(timed(contestant[0]))
    median = {name: statistics.median(seconds for seconds, _ in runs) for name, runs in measured.items() if runs}
    floor = median.get("xmllint --stream --noout")
    print(f"{'':<26}{'seconds':>9}{'ratio':>8}{'peak MB':>9}")
    for name, contestant in all_of_them.items():
        if name not in median:
            print(f"{name:<26}  NOT MEASURED: it is not installed here")
            continue
        ratio = f"{median[name] / floor:.2f}" if floor else "-"
        print(f"{name:<26}{median[name]:>9.2f}{ratio:>8}{max(mb for _, mb in measured[name]):>9.0f}   {contestant[2]}")


def main():
    folder = tempfile.mkdtemp(prefix="tieout-bench-")
    try:
        xml = f"{folder}/camt.xml"
        generate(xml, ENTRIES)
        print(f"camt.053, {ENTRIES} entries, {os.path.getsize(xml) / 1e6:.0f} MB; medians of {ROUNDS}, slow tools once\n", flush=True)
        table(folder, xml)
        sizes = [int(size) for size in os.environ.get("TIEOUT_BENCH_SIZES", "1000000").split(",") if size]
        for entries in sizes:
            generate(xml, entries)
            seconds, mb = timed(contestants(folder, xml)["tieout convert"][0])
            print(f"tieout convert, {entries} entries, {os.path.getsize(xml) / 1e6:.0f} MB: {seconds:.1f} s, peak {mb:.0f} MB", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
