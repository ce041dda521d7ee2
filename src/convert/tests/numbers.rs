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
    assert!(
        warning.contains("in so many rows: \"C\" (1), \"DEBIT\" (2), no code (1); name them in positive"),
        "{warning}"
    );
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

#[test]
fn how_a_number_is_written() {
    let written = |how: &str, text: &str| {
        value(&format!("path = 'v'\ntype = 'decimal'\n{how}"), &format!("<v>{text}</v>"))
    };
    for (how, text, expected) in [
        ("", "5.00-", "-5"),
        ("", "\u{2212}5", "-5"),
        ("decimal = 'point'", "5.5", "5.5"),
        ("decimal = 'comma'", "1.234,56-", "-1234.56"),
        ("decimal_comma = true", "1.234", "1234"),
        ("decimal = 'auto'", "   -12.80", "-12.8"),
        ("decimal = 'auto'", "-200,00", "-200"),
        ("decimal = 'auto'", "1.234,56-", "-1234.56"),
    ] {
        assert_eq!(written(how, text).as_deref(), Ok(expected), "{how} {text}");
    }
    for (how, text) in [("", "1,5"), ("decimal = 'auto'", "1.234"), ("decimal = 'comma'", "0.123")] {
        assert!(written(how, text).is_err(), "{how} {text}");
    }
    let cents = "scale_by = { value = '0.01', operation = 'multiply' }";
    assert_eq!(written(cents, "1250").as_deref(), Ok("12.5"));
    assert_eq!(written("scale_by = { value = 100, operation = 'divide' }", "1250").as_deref(), Ok("12.5"));
    let both = "decimal = 'auto'\nscale_by = { path = 'n', operation = 'multiply' }";
    assert_eq!(
        value(&format!("path = 'v'\ntype = 'decimal'\n{both}"), "<v>2.5</v><n>1.000,5</n>").as_deref(),
        Ok("2501.25")
    );
}

#[test]
fn a_value_that_is_expected_is_missed_once() {
    let feed = feed(
        "[xml]\nrow = 'r'\n[[column]]\nname = 'k'\npath = '@k'\nkey = true\n\
         [[column]]\nname = 'v'\npath = '@v'\ntype = 'decimal'\nrequired = 'warn'\n",
    );
    let done = converted(&feed, "<f>\n<r k='1' v='1'/>\n<r k='2'/>\n<r k='3' v=' '/>\n</f>");
    assert_eq!(done.rows(), ["1|1", "2|", "3|"]);
    let said = "in/statements.xml: column v: 2 of 3 rows have no value, the first on line 3";
    assert_eq!(done.converted.warnings, [said]);
    assert_eq!(converted(&feed, "<f><r k='1' v='1'/></f>").converted.warnings, [""; 0]);
}

#[test]
fn an_entry_of_a_look_up_may_have_several_values() {
    let looked_up = |repeat: &str| {
        let feed = feed(&format!(
            "[xml]\nrow = 'r'\n[[column]]\nname = 'k'\npath = '@k'\nkey = true\n[[column]]\nname = 'v'\npath = '@ref'\n\
             lookup = {{ in = 'party', id = '@id', value = ['name', 'partyId']{repeat} }}\n"
        ));
        let xml = "<f><r k='1' ref='#a'/><r k='2' ref='b'/><party id='a'><partyId>A1</partyId><partyId>A2</partyId></party>\
                   <party id='b'><name>B</name><partyId>B1</partyId></party></f>";
        try_convert(&feed, xml).map(|done| done.rows()).map_err(|error| error.to_string())
    };
    let several = looked_up("").unwrap_err();
    let expected = "value of a look-up has several values, on lines 1 and 1: set repeat of the lookup to first, last or join";
    assert!(several.contains(expected), "{several}");
    assert_eq!(looked_up(", repeat = 'first'").unwrap(), ["1|A1", "2|B"]);
    assert_eq!(looked_up(", repeat = 'last'").unwrap(), ["1|A2", "2|B"]);
    assert_eq!(looked_up(", repeat = 'join', separator = ';'").unwrap(), ["1|A1;A2", "2|B"]);
}
