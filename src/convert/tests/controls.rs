//! Controls: every kind of scope and path in every situation.

use super::*;
use proptest::prelude::*;

const ROWS: &str = r#"
[xml]
row = "Stmt/Ntry"
explode = "Dtls/Tx"
where = "not(Sts = 'P')"
bad_rows = "quarantine"
allow_empty = true
[[column]]
name = "ref"
path = ["Dtls/Tx/Ref", "Ref"]
key = true
[[column]]
name = "amt"
path = ["Dtls/Tx/Amt", "Amt"]
type = "decimal"
total_by = "ccy"
[[column]]
name = "ccy"
path = ["Dtls/Tx/Amt/@Ccy", "Amt/@Ccy"]
[[control]]
name = "c"
on_failure = "warn"
"#;

/// An amount: `5`, or `5 USD`.
fn amount(text: &str) -> String {
    let (number, ccy) = text.split_once(' ').unwrap_or((text, "EUR"));
    if ccy == "-" { format!("<Amt>{number}</Amt>") } else { format!("<Amt Ccy='{ccy}'>{number}</Amt>") }
}

/// An entry of this amount whose details have those; `batch`: what stands before them.
fn entry(own: &str, batch: &str, details: &[&str]) -> String {
    let details: String = details.iter().map(|one| format!("<Tx><Ref>d</Ref>{}</Tx>", amount(one))).collect();
    let details = if details.is_empty() { String::new() } else { format!("<Dtls>{batch}{details}</Dtls>") };
    format!("<Ntry><Ref>r</Ref>{}{details}</Ntry>", amount(own))
}

/// Takes the entry out of the rows.
fn pending(entry: &str) -> String {
    entry.replace("<Ntry>", "<Ntry><Sts>P</Sts>")
}

fn balance(kind: &str, own: &str) -> String {
    format!("<Bal><Tp>{kind}</Tp>{}</Bal>", amount(own))
}

/// What came of the control: how often it held, failed, was not declared.
fn counts(control: &str, document: &str) -> (u64, u64, u64) {
    let feed = feed(&format!("{ROWS}{control}"));
    let done = converted(&feed, format!("<Doc>{document}</Doc>"));
    let [one] = &done.converted.controls[..] else { panic!("one control") };
    assert_eq!(one.checked, one.held + one.failed, "{document}");
    assert_eq!(one.held > 0 && one.failed + one.not_declared == 0, one.outcome == "passed");
    (one.held, one.failed, one.not_declared)
}

const FILE: &str = "path = '/Doc/Total'\nequals = 'rows'";
const ABOVE: &str = "per = 'Stmt'\npath = 'Total'\nequals = 'count'";
const ROW: &str = "per = 'Stmt/Ntry'\npath = 'Amt'\nequals = 'sum(amt)'";
const WITHIN: &str = "per = 'Ntry/Dtls'\npath = 'N'\nequals = 'rows'";
const WITHIN_SUM: &str = "per = 'Dtls'\npath = 'Amt'\nequals = 'sum(amt)'";
const DETAIL: &str = "per = 'Ntry/Dtls/Tx'\npath = 'Net'\nequals = 'sum(amt)'";
const INTO: &str = "per = 'Stmt'\npath = 'Ntry/Dtls/N'\nequals = 'rows'";
const THROUGH: &str = "path = 'Stmt/Ntry/Dtls/Tx/Amt'\nequals = 'sum(amt)'";
const BALANCE: &str = "per = 'Stmt'\npath = \"Bal[Tp='C']/Amt\"\nequals = \"{Bal[Tp='O']/Amt} + sum(amt)\"";

#[test]
fn every_scope_in_every_situation() {
    let one = &entry("3", "", &["1", "2"]);
    let batch = &entry("3", "<N>2</N>", &["1", "2"]);
    let bad = &entry("3", "<N>2</N>", &["1", "x"]);
    let usd = &entry("7 USD", "", &["7 USD"]);
    let sums = |own: &str, details: &[&str]| entry("0", &amount(own), details);
    let net = |own: &str, detail: &str| {
        entry("0", "", &[detail]).replace("</Ref><Amt Ccy", &format!("</Ref><Net>{own}</Net><Amt Ccy"))
    };
    let two = &balance("O", "10");
    let s = |inner: &[&str]| format!("<Stmt>{}</Stmt>", inner.concat());
    for (control, situation, document, expected) in [
        (FILE, "holds", format!("<Total>2</Total>{}", s(&[one])), (1, 0, 0)),
        (FILE, "fails", format!("<Total>1</Total>{}", s(&[one])), (0, 1, 0)),
        (FILE, "absent", s(&[one]), (0, 0, 1)),
        (FILE, "several", format!("<Total>2</Total>{}<Total>3</Total>", s(&[one])), (0, 1, 0)),
        (FILE, "the same twice", format!("<Total>2</Total>{}<Total>2.0</Total>", s(&[one])), (1, 0, 0)),
        (FILE, "no number", format!("<Total>two</Total>{}", s(&[one])), (0, 1, 0)),
        (FILE, "filtered", format!("<Total>2</Total>{}", s(&[one, &pending(one)])), (1, 0, 0)),
        (FILE, "bad rows", format!("<Total>2</Total>{}", s(&[bad])), (0, 1, 0)),
        (FILE, "no rows, none declared", "<Total>0</Total>".into(), (1, 0, 0)),
        (FILE, "no rows", "<Stmt/>".into(), (0, 0, 0)),
        (ABOVE, "holds", s(&["<Total>2</Total>", one, one]), (1, 0, 0)),
        (ABOVE, "fails", s(&[one, "<Total>2</Total>"]), (0, 1, 0)),
        (ABOVE, "absent", s(&[one]), (0, 0, 1)),
        (ABOVE, "absent, all filtered", s(&[&pending(one)]), (0, 0, 1)),
        (ABOVE, "several", s(&["<Total>1</Total>", one, "<Total>2</Total>"]), (0, 1, 0)),
        (ABOVE, "no rows", s(&[]), (0, 0, 0)),
        (ABOVE, "no per, no rows", "<X/>".into(), (0, 0, 0)),
        (ABOVE, "each of its own", s(&["<Total>1</Total>", one]) + &s(&["<Total>2</Total>", one]), (1, 1, 0)),
        (ROW, "holds", s(&[one, batch]), (2, 0, 0)),
        (ROW, "fails", s(&[one, &entry("4", "", &["1", "2"])]), (1, 1, 0)),
        (ROW, "without details", s(&[&entry("4", "", &[])]), (1, 0, 0)),
        (ROW, "absent", s(&[&one.replace("<Ref>r</Ref><Amt Ccy='EUR'>3</Amt>", "<Ref>r</Ref>")]), (0, 0, 1)),
        (ROW, "several", s(&[&one.replace("<Ref>r</Ref>", "<Amt Ccy='EUR'>4</Amt>")]), (0, 1, 0)),
        (ROW, "filtered", s(&[&pending(&entry("4", "", &["1", "2"])), one]), (1, 0, 0)),
        (ROW, "bad rows", s(&[bad]), (0, 1, 0)),
        (ROW, "two currencies", s(&[one, usd]), (2, 0, 0)),
        (ROW, "another currency", s(&[&entry("3", "", &["3 USD"])]), (0, 1, 1)),
        (ROW, "mixed currencies", s(&[&entry("3", "", &["1", "2 USD"])]), (0, 1, 1)),
        (ROW, "no rows", s(&[]), (0, 0, 0)),
        (WITHIN, "holds", s(&[batch, batch]), (2, 0, 0)),
        (WITHIN, "fails", s(&[&entry("3", "<N>3</N>", &["1", "2"])]), (0, 1, 0)),
        (WITHIN, "absent", s(&[one, batch]), (1, 0, 1)),
        (WITHIN, "several", s(&[&entry("3", "<N>2</N><N>3</N>", &["1", "2"])]), (0, 1, 0)),
        (WITHIN, "filtered", s(&[&pending(&entry("3", "<N>3</N>", &["1"]))]), (0, 0, 0)),
        (WITHIN, "bad rows", s(&[bad]), (0, 1, 0)),
        (WITHIN, "never there", s(&[&entry("1", "", &[])]), (0, 0, 1)),
        (WITHIN, "no rows", s(&[]), (0, 0, 0)),
        (WITHIN_SUM, "holds", s(&[&sums("3", &["1", "2"])]), (1, 0, 0)),
        (WITHIN_SUM, "fails", s(&[&sums("3", &["1"])]), (0, 1, 0)),
        (WITHIN_SUM, "two currencies", s(&[&sums("3", &["3", "4 USD"])]), (1, 0, 1)),
        (WITHIN_SUM, "no currency", s(&[&sums("7 -", &["3", "4 USD"])]), (1, 0, 0)),
        (DETAIL, "holds", s(&[&net("1", "1")]), (1, 0, 0)),
        (DETAIL, "fails", s(&[&net("2", "1")]), (0, 1, 0)),
        (DETAIL, "absent", s(&[one]), (0, 0, 2)),
        (DETAIL, "filtered", s(&[&pending(&net("2", "1"))]), (0, 0, 0)),
        (INTO, "holds", s(&[batch]), (1, 0, 0)),
        (INTO, "fails", s(&[&entry("3", "<N>3</N>", &["1", "2"])]), (0, 1, 0)),
        (INTO, "absent", s(&[one]), (0, 0, 1)),
        (INTO, "several", s(&[batch, &entry("3", "<N>1</N>", &["1"])]), (0, 1, 0)),
        (INTO, "filtered", s(&[&pending(&entry("3", "<N>9</N>", &["1"])), batch]), (1, 0, 0)),
        (INTO, "bad rows", s(&[bad]), (0, 1, 0)),
        (INTO, "no rows", s(&[]), (0, 0, 0)),
        (THROUGH, "holds", s(&[&entry("3", "", &["3"])]), (1, 0, 0)),
        (THROUGH, "several", s(&[one]), (0, 1, 0)),
        (THROUGH, "two currencies", s(&[&entry("3", "", &["3", "4 USD"])]), (2, 0, 0)),
        (THROUGH, "fails", s(&[&entry("3", "", &["3"]), &entry("3", "", &[])]), (0, 1, 0)),
        (THROUGH, "absent", s(&[&entry("3", "", &[])]), (0, 0, 1)),
        (BALANCE, "holds", s(&[two, one, &balance("C", "13")]), (1, 0, 0)),
        (BALANCE, "fails", s(&[two, one, &balance("C", "14")]), (0, 1, 0)),
        (BALANCE, "absent", s(&[two, one]), (0, 0, 1)),
        (BALANCE, "a term is absent", s(&[one, &balance("C", "13")]), (0, 0, 1)),
        (BALANCE, "several", s(&[two, &balance("O", "11"), one, &balance("C", "13")]), (0, 1, 0)),
        (
            BALANCE,
            "two currencies",
            s(&[two, &balance("O", "0 USD"), one, usd, &balance("C", "13"), &balance("C", "7 USD")]),
            (2, 0, 0),
        ),
        (
            BALANCE,
            "a movement of one of two currencies is missing",
            s(&[two, &balance("O", "0 USD"), one, &balance("C", "13"), &balance("C", "7 USD")]),
            (1, 1, 0),
        ),
        (BALANCE, "a currency without balances", s(&[two, one, usd, &balance("C", "13")]), (1, 0, 1)),
        (BALANCE, "filtered", s(&[two, one, &pending(one), &balance("C", "13")]), (1, 0, 0)),
        (BALANCE, "bad rows", s(&[two, bad, &balance("C", "13")]), (0, 1, 0)),
        (BALANCE, "no rows", s(&[two, &balance("C", "10")]), (1, 0, 0)),
        (BALANCE, "no rows and no balances", s(&[]), (0, 0, 0)),
    ] {
        assert_eq!(counts(control, &document), expected, "{control}: {situation}: {document}");
    }
}

#[test]
fn flags_are_one_and_zero() {
    let last = "per = 'Page'\npath = 'Last'\nequals = '1'";
    let row = entry("1", "", &[]);
    for (flag, expected) in [("true", (1, 0, 0)), ("1", (1, 0, 0)), ("false", (0, 1, 0)), ("yes", (0, 1, 0))]
    {
        let document = format!("<Page><Last>{flag}</Last></Page><Stmt>{row}</Stmt>");
        assert_eq!(counts(last, &document), expected, "{flag}");
    }
}

#[test]
fn a_group_may_stand_elsewhere() {
    let by = "per = 'Acct'\npath = 'Sum'\nequals = 'sum(amt)'\nby = '../Ccy'";
    let row = |own: &str| entry(own, "", &[]);
    let document = |ccy: &str| {
        format!("<Acct><Ccy>{ccy}</Ccy><Stmt>{}{}</Stmt><Sum>3</Sum></Acct>", row("3"), row("4 USD"))
    };
    assert_eq!(counts(by, &document("EUR")), (1, 0, 1));
    assert_eq!(counts(by, &document("USD")), (0, 1, 1));
    assert_eq!(counts(by, &document("EUR</Ccy><Ccy>USD")), (0, 1, 2), "of two groups none is the first");
    assert_eq!(counts(by, &document("").replace(">3</Sum>", ">7</Sum>")), (1, 0, 0), "no group is all rows");
}

#[test]
fn what_is_not_there_may_refuse_or_be_accepted() {
    let document = format!("<Doc><Stmt>{}</Stmt></Doc>", entry("1", "", &[]));
    let of = |absent: &str| feed(&format!("{ROWS}{FILE}\non_absent = '{absent}'"));
    let message = refusal(&of("refuse"), &document);
    assert!(message.contains("control \"c\" cannot be checked: /Doc/Total is not there"), "{message}");
    for (absent, code) in [("warn", 1), ("accept", 1)] {
        let done = converted(&of(absent), &document);
        assert_eq!(done.converted.controls[0].not_declared, code);
    }
    let text = format!("{ROWS}per = 'Stmt/Ntry'\npath = '@n'\nequals = 'rows'\non_absent = 'refuse'");
    assert!(refusal(&feed(&text), &document).contains("control \"c\" of element 1 cannot be checked"));
}

#[test]
fn many_failures_are_told_once() {
    let entries = entry("4", "", &["1", "2"]).repeat(2000);
    let feed = feed(&format!("{ROWS}{ROW}"));
    let done = converted(&feed, format!("<Doc><Stmt>\n{entries}</Stmt></Doc>"));
    let [one] = &done.converted.controls[..] else { panic!("one control") };
    assert_eq!((one.checked, one.failed, one.examples.len()), (2000, 2000, 3));
    let told = one.told(true);
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with(
            "control \"c\" failed 2000 of 2000 times: in/statements.xml: line 2: element 1: in EUR, the file \
             declares 4, but 3 was counted; "
        ),
        "{}",
        told[0]
    );
    assert!(told[0].ends_with("; and 1997 more"), "{}", told[0]);
}

/// One entry of a random document: its own amount, whether it is filtered, its details.
type Entry = (i64, bool, Vec<(i64, bool)>);

fn written((own, out, details): &Entry) -> String {
    let money = |cents: i64, usd: bool| format!("{cents} {}", if usd { "USD" } else { "EUR" });
    let own = money(*own, false);
    let texts: Vec<String> = details.iter().map(|(cents, usd)| money(*cents, *usd)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let entry = entry(&own, "", &texts);
    if *out { pending(&entry) } else { entry }
}

/// What a control on each entry must give, and one on the whole file.
fn modelled(entries: &[Entry], declared: [i64; 2]) -> [(u64, u64, u64); 2] {
    let (mut each, mut sums) = ((0, 0, 0), [0, 0]);
    for (own, _, details) in entries.iter().filter(|entry| !entry.1) {
        let whole = vec![(*own, false)];
        let rows = if details.is_empty() { &whole } else { details };
        let of = |usd: bool| rows.iter().filter(|row| row.1 == usd).map(|row| row.0).sum::<i64>();
        for usd in [false, true] {
            sums[usize::from(usd)] += of(usd);
        }
        let held = of(false) == *own;
        each.0 += u64::from(held);
        each.1 += u64::from(!held);
        each.2 += u64::from(rows.iter().any(|row| row.1));
    }
    let held = u64::from(sums[0] == declared[0]) + u64::from(sums[1] == declared[1]);
    [each, (held, 2 - held, 0)]
}

proptest! {
    #[test]
    fn random_documents_against_the_definition(
        entries in prop::collection::vec(
            (-3_i64..4, prop::bool::weighted(0.2), prop::collection::vec((-3_i64..4, prop::bool::weighted(0.3)), 0..4)),
            0..6,
        ),
        declared in [-6_i64..7, -6_i64..7],
    ) {
        let [each, whole] = modelled(&entries, declared);
        let rows: String = entries.iter().map(written).collect();
        let total = format!("<T Ccy='EUR'>{}</T><T Ccy='USD'>{}</T>", declared[0], declared[1]);
        prop_assert_eq!(counts(ROW, &format!("<Stmt>{rows}</Stmt>{total}")).0, each.0);
        let any = entries.iter().any(|entry| !entry.1);
        prop_assert_eq!(counts(ROW, &format!("{total}<Stmt>{rows}</Stmt>")), if any { each } else { (0, 0, 0) });
        let of_file = "path = '/Doc/T'\nequals = 'sum(amt)'";
        prop_assert_eq!(counts(of_file, &format!("<Stmt>{rows}</Stmt>{total}")), whole);
    }
}

#[test]
fn codes_that_no_list_names_are_told() {
    let tables = |lists: &str| feed(&format!("{ROWS}{FILE}\nsign = {{ path = '@code', {lists} }}"));
    let document =
        |code: &str| format!("<Doc><Total{code}>1</Total><Stmt>{}</Stmt></Doc>", entry("1", "", &[]));
    let told = |feed: &Feed, code: &str| converted(feed, document(code)).converted.warnings.join("\n");
    let open = tables("negative = ['DBIT']");
    for (code, shown) in [(" code='dbit'", "\"dbit\" (1)"), ("", "no code (1)")] {
        assert!(
            told(&open, code).contains(&format!("no list names, in so many numbers: {shown}")),
            "{}",
            told(&open, code)
        );
    }
    assert!(!told(&open, " code='DBIT'").contains("no list names"));
    assert!(
        !told(&tables("negative = ['DBIT'], positive = ['CRDT']"), " code='CRDT'").contains("no list names")
    );
}
