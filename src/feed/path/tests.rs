//! Tests of the path grammar.

use super::{Condition, Operand, Operator, Path, Predicate, RowPath, SELF, Step};
use proptest::prelude::*;

fn step(name: &str) -> Step {
    Step { name: name.into(), predicates: Vec::new() }
}

fn value(text: &str) -> Path {
    Path::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn value_paths() {
    let names = |path: &Path| path.steps.iter().map(|s| s.name.clone()).collect::<Vec<_>>().join("/");
    for (text, absolute, up, steps, attribute) in [
        ("Amt", false, 0, "Amt", None),
        ("ns:Amt/x:Cd", false, 0, "Amt/Cd", None),
        ("Amt/@Ccy", false, 0, "Amt", Some("Ccy")),
        ("@xml:lang", false, 0, "", Some("lang")),
        ("./@id", false, 0, "", Some("id")),
        (".", false, 0, "", None),
        ("./Amt", false, 0, "Amt", None),
        ("..", false, 1, "", None),
        ("../..", false, 2, "", None),
        ("../../@id", false, 2, "", Some("id")),
        ("../Id", false, 1, "Id", None),
        ("/Document/*/Id", true, 0, "Document/*/Id", None),
        ("p:*/a-b.c", false, 0, "*/a-b.c", None),
        (" Betrag-Größe ", false, 0, "Betrag-Größe", None),
        ("Gro\u{308}ße", false, 0, "Gro\u{308}ße", None),
        ("บ:ที่อยู่/@ชื่อ", false, 0, "ที่อยู่", Some("ชื่อ")),
        ("राशि/l·l_‿x", false, 0, "राशि/l·l_‿x", None),
    ] {
        let path = value(text);
        let found = (path.absolute, path.up, names(&path), path.attribute.as_deref());
        assert_eq!(found, (absolute, up, steps.to_owned(), attribute), "{text}");
        assert_eq!(path.text, text.trim());
    }
}

#[test]
fn row_paths() {
    let path = RowPath::parse("Stmt/Ntry").unwrap();
    assert_eq!((path.absolute, path.steps), (false, vec![step("Stmt"), step("Ntry")]));
    assert!(!RowPath::parse("//Ntry").unwrap().absolute);
    assert!(RowPath::parse("/Document/Ntry").unwrap().absolute);
}

fn compares(path: &str, operator: Operator, operands: &[Operand]) -> Condition {
    Condition::Compares(value(path), operator, operands.to_vec())
}

fn equals(path: &str, text: &str) -> Condition {
    compares(path, Operator::Equal, &[Operand::Text(text.into())])
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

#[test]
fn predicates() {
    let path = value("Bal[Tp/CdOrPrtry/Cd='CLBD']/Amt");
    let clbd = equals("Tp/CdOrPrtry/Cd", "CLBD");
    assert_eq!(path.steps[0].predicates, [Predicate::Holds(clbd)]);
    assert_eq!(path.steps[1], step("Amt"));
    assert_eq!(value("V[ 2 ][@x]").steps[0].predicates.len(), 2);
    assert_eq!(value("VALUE[2]").steps[0].predicates, [Predicate::Nth(2)]);
    let fourth = equals("@R", "4");
    let path = value("Pty[@R=\"4\"]/@ID");
    assert_eq!(path.steps[0].predicates, [Predicate::Holds(fourth)]);
    assert_eq!(path.attribute.as_deref(), Some("ID"));
    let rate = Condition::Exists(value("@rate"));
    assert_eq!(value("V[@rate]").steps[0].predicates, [Predicate::Holds(rate)]);
    assert_eq!(value("V[.=']']/b").steps.len(), 2);
    let second =
        Path { steps: vec![Step { predicates: vec![Predicate::Nth(2)], ..step("b") }], ..value("b") };
    let second = Path { text: "b[2]".into(), ..second };
    assert_eq!(value("V[b[2]]").steps[0].predicates, [Predicate::Holds(Condition::Exists(second))]);
    let path = value(".[b]/c/@d");
    assert_eq!(path.steps[0].predicates, [Predicate::Holds(Condition::Exists(value("b")))]);
    assert_eq!((path.up, path.steps[0].name.as_str(), path.steps.len()), (0, SELF, 2));
    assert_eq!(value(".[b]").steps.len(), 1);
}

#[test]
fn conditions() {
    assert_eq!(
        Condition::parse("Sts = 'BOOK' or Sts/Cd='BOOK' and not(../X != \"it's\")").unwrap(),
        Condition::Or(vec![
            equals("Sts", "BOOK"),
            Condition::And(vec![equals("Sts/Cd", "BOOK"), not(not(equals("../X", "it's"))),]),
        ])
    );
    assert_eq!(
        Condition::parse("(or or and) and order").unwrap(),
        Condition::And(vec![
            Condition::Or(vec![Condition::Exists(value("or")), Condition::Exists(value("and"))]),
            Condition::Exists(value("order")),
        ])
    );
    assert_eq!(Condition::parse("not").unwrap(), Condition::Exists(value("not")));
    assert!(Condition::parse("Bal[Tp='X']/Amt = '3'").is_ok());
}

#[test]
fn comparisons() {
    let number = |text: &str| Operand::Number(text.into());
    let text = |text: &str| Operand::Text(text.into());
    let up = |text: &str| Operand::Path(value(text));
    for (written, expected) in [
        ("Amt < 100.5", compares("Amt", Operator::Less, &[number("100.5")])),
        ("Amt<=-1", compares("Amt", Operator::AtMost, &[number("-1")])),
        ("Amt > +.5", compares("Amt", Operator::More, &[number("+.5")])),
        ("Dt>=:from", compares("Dt", Operator::AtLeast, &[Operand::Parameter("from".into())])),
        ("Dt <= '2026-01-31'", compares("Dt", Operator::AtMost, &[text("2026-01-31")])),
        (
            "Sts in ('A', \"B\",:c )",
            compares("Sts", Operator::Equal, &[text("A"), text("B"), Operand::Parameter("c".into())]),
        ),
        ("Sts not in(1,2)", not(compares("Sts", Operator::Equal, &[number("1"), number("2")]))),
        ("not in ('x')", equals("not", "x")),
        ("in in ('x')", equals("in", "x")),
        ("Sts != :x", not(compares("Sts", Operator::Equal, &[Operand::Parameter("x".into())]))),
        ("Amt/@Ccy = ../../Amt/@Ccy", compares("Amt/@Ccy", Operator::Equal, &[up("../../Amt/@Ccy")])),
        ("a = ./b", compares("a", Operator::Equal, &[up("./b")])),
        ("a = @b", compares("a", Operator::Equal, &[up("@b")])),
    ] {
        assert_eq!(
            Condition::parse(written).unwrap_or_else(|error| panic!("{written}: {error}")),
            expected,
            "{written}"
        );
    }
    let both = Condition::And(vec![equals("not", "x"), Condition::Exists(value("inner"))]);
    assert_eq!(Condition::parse("not = 'x' and inner").unwrap(), both);
    let path = value("TxAmt/Amt[@Ccy = ../../../Amt/@Ccy]/@x");
    let same = compares("@Ccy", Operator::Equal, &[up("../../../Amt/@Ccy")]);
    assert_eq!(path.steps[1].predicates, [Predicate::Holds(same)]);
}

#[test]
fn refused_value_paths() {
    for (text, offset, message) in [
        ("", 0, "the path is empty"),
        ("  ", 0, "the path is empty"),
        ("a/../b", 2, "`..` is possible only at the beginning of a path"),
        ("/../b", 1, "`..` is possible only at the beginning of a path"),
        ("a/./b", 2, "`.` is possible only at the beginning of a path"),
        ("@a/b", 2, "an attribute is the last step of a path: nothing follows it"),
        ("a/", 1, "an element's name must follow `/`: leave the last `/` out"),
        ("../", 2, "an element's name must follow `/`: leave the last `/` out"),
        ("a//b", 2, "`//` is possible only at the beginning of a row path: name every step"),
        ("//b", 0, "`//` begins row paths only: name every step, or begin with one `/`"),
        ("/@a", 0, "an absolute path names the root element first: `/Root/@attribute`"),
        ("a[1", 1, "`[` is never closed: add `]`"),
        ("a[b", 1, "`[` is never closed: add `]`"),
        ("a]", 1, "`]` closes nothing: take it out"),
        ("a[0]", 2, "positions count from 1"),
        ("a[b][2]", 5, "the position comes first: `Name[2][…]`"),
        ("a[b='c]", 4, "the text after ' is never closed: add '"),
        ("a[b=3x]", 4, "`3x` is no number; write it like 1234.50, or in quotes as a text"),
        ("a[b=/c/d]", 4, "within `[…]` a path begins at the element: go up by `..`"),
        ("a[b=../c[d]]", 8, "a path inside a predicate takes no conditions: join conditions with `and`"),
        ("a[b[c]]", 3, "a path inside a predicate takes no conditions: join conditions with `and`"),
        ("a[.[c]]", 2, "a path inside a predicate takes no conditions: join conditions with `and`"),
        (".[2]/a", 2, "the element itself has no position: write a condition"),
        ("../.[a]/b", 3, "`.` is possible only at the beginning of a path"),
        (
            "a[../b]",
            2,
            "a predicate looks at its own element and below: only what it is compared with may go up by `..`",
        ),
        ("a/text()", 2, "`text()` is not needed: a path stands for its element's text"),
        ("a[last()]", 2, "functions are not supported: `last(…)` (only `not(…)`, in a condition)"),
        ("parent::a", 0, "axes are not supported: use steps, `..` and `@attribute`"),
        ("a|b", 1, "expected `/` or the end of the path, found `|`; for alternatives write a list of paths"),
        ("a b", 1, "expected `/` or the end of the path, found ` `; a path has no blanks"),
        ("1a", 0, "expected an element's name, found `1`"),
        ("a:", 2, "the text ends where a name after the prefix should follow"),
        ("a/@*", 4, "`@*` is not supported: name the attribute"),
        ("a×b", 1, "expected `/` or the end of the path, found `×`"),
        ("\u{301}a", 0, "expected an element's name, found `\\u{301}`"),
    ] {
        let error = Path::parse(text).expect_err(text);
        assert_eq!((error.message.as_str(), error.offset), (message, offset), "{text}");
    }
}

#[test]
fn refused_rows_and_conditions() {
    for (text, offset, message) in [
        ("Ntry/@id", 5, "an attribute cannot be a row: end the path at an element"),
        ("../Ntry", 0, "a row path names elements only: leave `.` and `..` out"),
        ("/", 0, "an element's name must follow `/`: leave the last `/` out"),
    ] {
        let error = RowPath::parse(text).expect_err(text);
        assert_eq!((error.message.as_str(), error.offset), (message, offset), "{text}");
    }
    for (text, offset, message) in [
        ("a = ", 3, "a path is compared with quoted text, a number, a :parameter or another path"),
        ("a = BOOK", 4, "write 'BOOK' for the text, or ./BOOK for the element"),
        ("a != BOOK and b", 5, "write 'BOOK' for the text, or ./BOOK for the element"),
        ("a in 'x'", 5, "`in` takes a list: `in ('A', 'B')`"),
        ("a in ()", 6, "a list holds quoted texts, numbers and :parameters"),
        ("a in ('x' 'y')", 10, "expected `,` or `)`, found `\\'`"),
        ("a in ('x', 1)", 5, "a list holds texts or numbers: write all with quotes, or none"),
        ("a <> 'x'", 2, "write `!=`"),
        ("a < 1e5", 4, "`1e5` is no number; write it like 1234.50, or in quotes as a text"),
        ("a < 1,5", 5, "expected `and`, `or` or the end, found `,`"),
        ("a = :1", 4, "a parameter is written as a name, like :from"),
        ("a ~ 'x'", 2, "patterns are not possible here; compare by = != < <= > >= in (…)"),
        ("(a or b", 0, "`(` is never closed: add `)`"),
        ("a)", 1, "`)` closes nothing: take it out"),
        ("'x' = a", 0, "the path comes first: `Path = 'value'`"),
        ("a b", 2, "expected `and`, `or` or the end, found `b`"),
        ("a and", 5, "the text ends where an element's name should follow"),
    ] {
        let error = Condition::parse(text).expect_err(text);
        assert_eq!((error.message.as_str(), error.offset), (message, offset), "{text}");
    }
    assert!(Condition::parse(&"(".repeat(100_000)).is_err());
}

proptest! {
    #[test]
    fn never_panics(text in "(?s).{0,40}", dense in r#"[a/.@\[\]()='"*: 1|!<>,ornti]{0,40}"#) {
        for text in [&text, &dense] {
            for error in [
                Path::parse(text).err(),
                RowPath::parse(text).err(),
                Condition::parse(text).err(),
            ].into_iter().flatten() {
                prop_assert!(text.is_char_boundary(error.offset), "{text:?}: {error:?}");
            }
        }
    }
}
