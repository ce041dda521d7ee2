//! Tests of types: text, unless values show something else.

use super::{column, drafted};

/// A name, the values of two records (nothing: it stands in the first only), and the type.
const CASES: [(&str, &str, &str, Option<&str>); 51] = [
    ("count", "5", "", Some("integer")),
    ("pieces", "7", "-12", Some("integer")),
    ("amount", "5", "", Some("decimal")),
    ("rate", "1.5", "", Some("decimal")),
    ("comma", "1.234,5", "", Some("decimal")),
    ("grouped", "1,234.50", "", Some("decimal")),
    ("either", "1,234", "2,345", None),
    ("mixed", "1", "x", None),
    ("day", "2026-01-31", "", Some("date")),
    ("swiss", "31.01.2026", "", Some("date")),
    ("short", "31.01.99", "", Some("date")),
    ("century", "24/02/13", "24/03/15", None),
    ("dotted", "24.02.13", "24.03.15", None),
    ("valueDate", "20240213", "", Some("date")),
    ("balanceDt", "13022024", "14022024", None),
    ("countryCount", "13", "205", Some("integer")),
    ("account", "1067", "80331", None),
    ("Gegenkonto", "1067", "80331", None),
    ("nominalAccount", "1067", "80331", None),
    ("costCenter", "1067", "80331", None),
    ("clause", "3.1", "14.12", None),
    ("nothing", "1067", "80331", None),
    ("level", "3.1", "4.12", None),
    ("valor", "1222171", "24476758", None),
    ("Skonto", "2", "3", Some("decimal")),
    ("month", "01-FEB-19", "", Some("date")),
    ("us", "01/31/2026", "02/01/2026", Some("date")),
    ("compactDate", "20260131", "", Some("date")),
    ("compactNo", "20260131", "", None),
    ("unclear", "01/02/2026", "03/04/2026", None),
    ("dashes", "05-02-2024", "", None),
    ("dots", "05.02.2024", "", None),
    ("moment", "2026-01-31T10:00:00", "", Some("timestamp")),
    ("flag", "true", "false", Some("boolean")),
    ("letter", "Y", "N", Some("boolean")),
    ("lone", "N", "N", None),
    ("country", "NO", "NO", None),
    // Codes that look like numbers.
    ("code", "007", "", None),
    ("AccountId", "12345", "", None),
    ("PLZ", "1067", "80331", None),
    ("postcode", "8001", "75008", None),
    ("plus", "+41441234567", "", None),
    ("telefon", "441234567", "49301", None),
    ("cnpj", "11222333000181", "", None),
    ("TaxID", "123456789", "-5", None),
    ("width", "4711", "5822", None),
    ("single", "17", "", None),
    ("card", "4539578763621486", "4111111111111111", None),
    ("lei", "5493001KJTIIGC8Y1R12", "", None),
    ("version", "1.10", "12.5", None),
    ("edition", "2.1", "2.2", None),
];

#[test]
fn types_come_from_all_values() {
    let record = |values: &dyn Fn(usize) -> (&'static str, &'static str)| -> String {
        let all = (0..CASES.len()).map(values).filter(|(_, value)| !value.is_empty());
        let inner: String = all.map(|(name, value)| format!("<{name}>{value}</{name}>")).collect();
        format!("<R>{inner}</R>")
    };
    let [one, two] = [record(&|n| (CASES[n].0, CASES[n].1)), record(&|n| (CASES[n].0, CASES[n].2))];
    let draft = drafted(&format!("<L>{one}{two}</L>"));
    for (name, _, _, expected) in CASES {
        let column = column(&draft, name);
        assert_eq!(column.r#type.kind, expected, "{name}: {:?}", column.remarks);
        assert!(expected.is_none() || !column.remarks.is_empty(), "{name}: what showed it is said");
    }
    let r#type = |name: &str| &column(&draft, name).r#type;
    assert_eq!(r#type("comma").decimal, Some("comma"));
    assert_eq!(r#type("grouped").strip, Some(","));
    for (name, format) in
        [("swiss", "%d.%m.%Y"), ("us", "%m/%d/%Y"), ("short", "%d.%m.%y"), ("month", "%d-%b-%y")]
    {
        assert_eq!(r#type(name).format, Some(format), "{name}");
    }
    for name in ["either", "unclear", "dashes", "dots", "code", "lone", "width", "PLZ", "single"] {
        assert!(!column(&draft, name).remarks.is_empty(), "{name}");
    }
    assert!(column(&draft, "dashes").remarks[0].contains("\"%d-%m-%Y\" or \"%m-%d-%Y\""));
}
