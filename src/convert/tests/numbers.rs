//! Numbers: closed lists of sign codes, what is said of open ones, sums.

use super::{values::value, *};

const CLOSED: &str =
    "path = 'v'\ntype = 'decimal'\nsign = { path = 's', negative = ['DBIT'], positive = ['CRDT'] }";

#[test]
fn a_code_of_a_closed_list_is_in_it() {
    assert_eq!(value(CLOSED, "<v>5</v><s> DBIT </s>").as_deref(), Ok("-5"));
    assert_eq!(value(CLOSED, "<v>5</v><s>CRDT</s>").as_deref(), Ok("5"));
    assert_eq!(value(CLOSED, "<s>other</s>").as_deref(), Ok(""), "there is no number to make negative");
    for (xml, said) in [
        ("<v>5</v><s>dbit</s>", "\"dbit\" (of sign) is a code that is neither in negative nor in positive"),
        ("<v>5</v><s>DEBIT</s>", "\"DEBIT\""),
        ("<v>0</v><s>DEBIT</s>", "\"DEBIT\""),
        ("<v>5</v><s> </s>", "has no sign code"),
        ("<v>5</v>", "has no sign code"),
    ] {
        let message = value(CLOSED, xml).unwrap_err();
        assert!(message.contains(said), "{message}");
    }
    let none = CLOSED.replace("['CRDT']", "['CRDT', '']");
    assert_eq!(value(&none, "<v>5</v>").as_deref(), Ok("5"));
    assert_eq!(value(&none, "<v>5</v><s/>").as_deref(), Ok("5"));
    assert!(value(&none, "<v>5</v><s>x</s>").is_err());
    let none = CLOSED.replace("['DBIT']", "['DBIT', '']");
    assert_eq!(value(&none, "<v>5</v>").as_deref(), Ok("-5"));
}

#[test]
fn a_code_may_stand_behind_the_number() {
    let suffix =
        "path = 'v'\ntype = 'decimal'\nsign = { suffix = true, negative = ['DR'], positive = ['CR', ''] }";
    for (text, expected) in
        [("100.00 DR", "-100"), ("100.00CR", "100"), ("7.5", "7.5"), ("5.DR", "-5"), ("-2 CR", "-2")]
    {
        assert_eq!(value(suffix, &format!("<v>{text}</v>")).as_deref(), Ok(expected), "{text}");
    }
    for text in ["100 dr", "100 C", "DR 100", "DR", "1 DR 2 DR", "-5 DR"] {
        assert!(value(suffix, &format!("<v>{text}</v>")).is_err(), "{text}");
    }
    let sum = format!("{suffix}\nrepeat = 'sum'\ndefault = '0'");
    assert_eq!(value(&sum, "<v>5 DR</v><v>7.5 CR</v><v>1</v>").as_deref(), Ok("3.5"));
    let strict = suffix.replace(", ''", "") + "\ndefault = '0'";
    assert_eq!(value(&strict, "").as_deref(), Ok("0"), "a default has no code");
    assert!(value(&strict, "<v>5</v>").unwrap_err().contains("has no sign code"));
}

#[test]
fn a_code_may_turn_a_negative_number() {
    let turns = CLOSED.replace(" }", ", negates = true }");
    assert_eq!(value(&turns, "<v>-5</v><s>DBIT</s>").as_deref(), Ok("5"));
    assert_eq!(value(&turns, "<v>5</v><s>DBIT</s>").as_deref(), Ok("-5"));
    assert_eq!(value(&turns, "<v>-5</v><s>CRDT</s>").as_deref(), Ok("-5"));
    assert!(value(CLOSED, "<v>-5</v><s>DBIT</s>").unwrap_err().contains("negative already"));
}

#[test]
fn codes_taken_as_positive_are_told_with_their_rows() {
    let open = |sign: &str| {
        feed(&format!(
            "[xml]\nrow = 'r'\nexplode = 'd'\nbad_rows = 'quarantine'\n[[column]]\nname = 'k'\npath = ['d', '@k']\nkey = true\n\
             [[column]]\nname = 'v'\npath = '@v'\ntype = 'decimal'\nsign = {{ path = '@s', {sign} }}\n"
        ))
    };
    let xml = "<f><r k='1' v='1' s=' D '/><r k='2' v='1' s='C'/><r v='1' s='DEBIT'><d>3</d><d>4</d></r>\
               <r k='5' v='1'/><r k='6' s='unused'/><r k='7' v='x' s='bad'/></f>";
    let done = converted(&open("negative = 'D'"), xml);
    assert_eq!(done.rows(), ["1|-1", "2|1", "3|1", "4|1", "5|1", "6|"]);
    let [warning] = done.converted.warnings.as_slice() else { panic!("{:?}", done.converted.warnings) };
    assert!(warning.contains("column v: "), "{warning}");
    assert!(warning.contains("\"C\" (1), \"DEBIT\" (2), no code (1); add positive"), "{warning}");
    for quiet in ["negative = []", "negative = 'D', positive = ['C', 'DEBIT', '']"] {
        assert_eq!(converted(&open(quiet), xml).converted.warnings, [""; 0], "{quiet}");
    }
}

#[test]
fn several_values_add_up_exactly() {
    let sum = "path = 'v'\ntype = 'decimal'\nrepeat = 'sum'";
    for (xml, expected) in [
        ("<v>1.50</v><v>2.00</v>", "3.5"),
        ("<v>0.1</v><v>0.2</v><v>-0.3</v>", "0"),
        (
            "<v>9007199254740993</v><v>0.000000000000000000000001</v>",
            "9007199254740993.000000000000000000000001",
        ),
        ("<v>1</v>", "1"),
        ("<v>1</v><v/><v> </v>", "1"),
        ("<v/><v/>", ""),
        ("", ""),
    ] {
        assert_eq!(value(sum, xml).as_deref(), Ok(expected), "{xml}");
    }
    assert!(value(sum, "<v>1</v><v>x</v>").unwrap_err().contains("\"x\" is not a decimal"));
    let options =
        format!("{sum}\nstrip = 'E'\nnull_if = 'none'\ndecimal_comma = true\ndefault = '7'\nrequired = true");
    assert_eq!(value(&options, "<v>E1,5</v><v>none</v><v>2E</v>").as_deref(), Ok("3.5"));
    assert_eq!(value(&options, "<v>none</v><v>none</v>").as_deref(), Ok("7"));
    let scaled = format!(
        "{sum}\nscale_by = {{ path = 'n', operation = 'divide' }}\nsign = {{ path = 's', negative = 'D', positive = 'C' }}"
    );
    assert_eq!(value(&scaled, "<v>1</v><v>2</v><n>10</n><s>D</s>").as_deref(), Ok("-0.3"));
    assert_eq!(value(&scaled, "<v>1</v><v>2</v><s>D</s><s>D</s>").as_deref(), Ok("-3"));
    assert!(value(&scaled, "<v>1</v><v>2</v><s>D</s><s>C</s>").is_err());
    let some = value(&scaled, "<v>1</v><v>2</v><v>3</v><s>D</s><s>D</s>").unwrap_err();
    assert!(some.contains("stands 2 times for 3 values"), "{some}");
    let whole = sum.replace("decimal", "integer");
    assert_eq!(value(&whole, "<v>1</v><v>2</v>").as_deref(), Ok("3"));
    assert!(value(&whole, "<v>0.5</v><v>0.5</v>").is_err());
}
