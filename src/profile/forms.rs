//! What a text could be: a number, a date, a boolean. Judged by the converter's own readers, so that what is
//! recognised here is converted later.

use super::codes;
use crate::canonical::{
    number::{self, DecimalSign},
    time::{self, OFX, Reading},
};

/// A form that texts can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Form {
    /// A whole number without leading zeros, up to 18 digits.
    Integer,
    /// A decimal with a point, or none.
    Decimal,
    /// A decimal with a comma.
    DecimalComma,
    /// A decimal with a point, and commas between groups of three digits.
    Grouped,
    /// One of the three above.
    Number,
    /// `YYYY-MM-DD`, perhaps with a zone.
    IsoDate,
    /// ISO 8601 date and time.
    IsoTimestamp,
    /// `true`, `false`, `yes`, `no` in any letter case.
    BooleanWord,
    /// `Y`, `N`, `T`, `F` in any letter case.
    BooleanLetter,
    /// 32 hexadecimal digits in five groups.
    Uuid,
    /// A legal entity's identifier.
    Lei,
    /// A transaction's identifier, which begins with an LEI.
    Uti,
    /// An account's.
    Iban,
    /// A security's.
    Isin,
    /// A taxpayer's, in Brazil.
    Brazilian,
    /// Digits whose last one checks the others, which one number in ten does by chance.
    Luhn,
    /// The first of [`FORMATS`]; the others follow.
    Format,
}

/// A format of dates or timestamps that is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateFormat {
    /// As a feed writes it.
    pub text: &'static str,
    /// It gives a time, too.
    pub time: bool,
    /// Nothing but digits, which could be a number as well.
    pub digits: bool,
}

impl DateFormat {
    /// What stands after the first digits.
    fn separator(self) -> Option<u8> {
        let mut bytes = self.text.bytes();
        while let Some(byte) = bytes.next() {
            if byte != b'%' {
                return Some(byte);
            }
            bytes.next();
        }
        None
    }
}

const fn day(text: &'static str) -> DateFormat {
    DateFormat { text, time: false, digits: false }
}

const fn moment(text: &'static str) -> DateFormat {
    DateFormat { text, time: true, digits: false }
}

/// Formats that are tried: where day, month and a short year could stand in another order, each order is one of them.
/// The last, of OFX, also reads what some others do.
pub const FORMATS: [DateFormat; 39] = [
    day("%d.%m.%Y"),
    day("%m.%d.%Y"),
    day("%d/%m/%Y"),
    day("%m/%d/%Y"),
    day("%d-%m-%Y"),
    day("%m-%d-%Y"),
    day("%d %m %Y"),
    day("%m %d %Y"),
    day("%d.%m.%y"),
    day("%m.%d.%y"),
    day("%d/%m/%y"),
    day("%m/%d/%y"),
    day("%d-%m-%y"),
    day("%m-%d-%y"),
    day("%y-%m-%d"),
    day("%y/%m/%d"),
    day("%y.%m.%d"),
    day("%Y/%m/%d"),
    day("%Y.%m.%d"),
    day("%d %b %Y"),
    day("%d-%b-%Y"),
    day("%d/%b/%Y"),
    day("%d %b %y"),
    day("%d-%b-%y"),
    day("%d/%b/%y"),
    DateFormat { text: "%Y%m%d", time: false, digits: true },
    DateFormat { text: "%Y%m%d%H%M%S", time: true, digits: true },
    moment("%Y%m%d;%H%M%S"),
    moment("%Y%m%dT%H%M%S"),
    moment("%Y/%m/%d %H:%M:%S"),
    moment("%d.%m.%Y %H:%M:%S"),
    moment("%m.%d.%Y %H:%M:%S"),
    moment("%d/%m/%Y %H:%M:%S"),
    moment("%m/%d/%Y %H:%M:%S"),
    moment("%d-%m-%Y %H:%M:%S"),
    moment("%m-%d-%Y %H:%M:%S"),
    moment("%d-%b-%Y %H:%M:%S"),
    moment("%d %b %Y %H:%M:%S"),
    moment(OFX),
];

/// The forms that a text, or every text of a node, has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forms(u64);

impl Forms {
    /// Every form: what nothing has contradicted yet.
    pub const ALL: Self = Self(u64::MAX);
    const NONE: Self = Self(0);

    /// Whether it has this form.
    #[must_use]
    pub fn has(self, form: Form) -> bool {
        self.0 & (1 << form as u8) != 0
    }

    /// Whether it has the n-th of [`FORMATS`].
    #[must_use]
    pub fn has_format(self, n: usize) -> bool {
        self.0 & (1 << (Form::Format as usize + n)) != 0
    }

    /// The forms that both have.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn add(&mut self, form: Form) {
        self.0 |= 1 << form as u8;
    }
}

/// Recognises forms.
pub struct Recognizer {
    iso: Reading,
    formats: Vec<Reading>,
    scratch: Vec<u8>,
}

impl Default for Recognizer {
    fn default() -> Self {
        let reading = |format: Option<&str>| Reading { format: format.map(Into::into), zone: None };
        Self {
            iso: reading(None),
            formats: FORMATS.iter().map(|format| reading(Some(format.text))).collect(),
            scratch: Vec::new(),
        }
    }
}

impl Recognizer {
    /// The forms of a text; white space at its ends does not count. One longer than `bound` has none.
    pub fn recognize(&mut self, text: &str, bound: usize) -> Forms {
        let text = text.trim();
        let mut forms = Forms::NONE;
        if text.is_empty() || text.len() > bound {
            return forms;
        }
        match text.to_ascii_lowercase().as_str() {
            "true" | "false" | "yes" | "no" => forms.add(Form::BooleanWord),
            "y" | "n" | "t" | "f" => forms.add(Form::BooleanLetter),
            _ => {}
        }
        if !text.bytes().any(|b| b.is_ascii_digit()) || text.len() > 64 {
            return forms;
        }
        add_codes(text, &mut forms);
        self.numbers(text, &mut forms);
        self.times(text, &mut forms);
        forms
    }

    fn numbers(&mut self, text: &str, forms: &mut Forms) {
        if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | ',')) {
            return;
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = digits.bytes().all(|b| b.is_ascii_digit());
        if plain && (digits == "0" || !digits.starts_with('0')) && digits.len() <= 18 {
            forms.add(Form::Integer);
        }
        self.scratch.clear();
        if number::decimal(text, &mut self.scratch).is_ok() {
            forms.add(Form::Decimal);
        }
        let mut pointed = String::new();
        if number::to_point(text, DecimalSign::Comma, &mut pointed).is_ok()
            && number::decimal(&pointed, &mut self.scratch).is_ok()
        {
            forms.add(Form::DecimalComma);
        }
        if grouped(digits.strip_prefix('+').unwrap_or(digits)) {
            forms.add(Form::Grouped);
        }
        if [Form::Decimal, Form::DecimalComma, Form::Grouped].iter().any(|&form| forms.has(form)) {
            forms.add(Form::Number);
        }
    }

    fn times(&mut self, text: &str, forms: &mut Forms) {
        if !(6..=40).contains(&text.len()) || !text.as_bytes()[0].is_ascii_digit() {
            return;
        }
        self.scratch.clear();
        if time::timestamp(text, &self.iso, &mut self.scratch).is_ok() {
            forms.add(if text.contains(':') { Form::IsoTimestamp } else { Form::IsoDate });
            return;
        }
        let separator = text.bytes().find(|b| !b.is_ascii_digit());
        for (n, reading) in self.formats.iter().enumerate() {
            let format = FORMATS[n];
            if format.text != OFX && format.separator() != separator {
                continue;
            }
            self.scratch.clear();
            let read = if format.time { time::timestamp } else { time::date };
            if read(text, reading, &mut self.scratch).is_err() {
                continue;
            }
            let year =
                self.scratch.get(..4).and_then(|year| std::str::from_utf8(year).ok()?.parse::<u16>().ok());
            // A year is one that ledgers speak of; as two digits it is none of four.
            if year.is_some_and(|year| (1900..2200).contains(&year)) {
                forms.0 |= 1 << (Form::Format as usize + n);
            }
        }
    }
}

/// Says whether a text is such a code.
type Check = fn(&str) -> bool;

fn add_codes(text: &str, forms: &mut Forms) {
    let codes: [(Form, Check); 7] = [
        (Form::Uuid, codes::is_uuid),
        (Form::Lei, codes::is_lei),
        (Form::Uti, codes::is_uti),
        (Form::Iban, codes::is_iban),
        (Form::Isin, codes::is_isin),
        (Form::Brazilian, codes::is_brazilian),
        (Form::Luhn, codes::is_luhn),
    ];
    for (form, is) in codes {
        if is(text) {
            forms.add(form);
        }
    }
}

/// `1,234.56`: groups of three digits between commas, then perhaps a point and digits.
fn grouped(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    (1..=3).contains(&first.len())
        && digits(first)
        && digits(fraction)
        && groups.all(|group| group.len() == 3 && digits(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(text: &str, form: Form) -> bool {
        Recognizer::default().recognize(text, 100).has(form)
    }

    fn formats(text: &str) -> Vec<&'static str> {
        let forms = Recognizer::default().recognize(text, 100);
        (0..FORMATS.len()).filter(|&n| forms.has_format(n)).map(|n| FORMATS[n].text).collect()
    }

    #[test]
    fn numbers() {
        assert!(has("0", Form::Integer) && has("-17", Form::Integer) && has(" 5 ", Form::Integer));
        assert!(!has("007", Form::Integer) && has("007", Form::Decimal) && !has("1e5", Form::Decimal));
        assert!(!has("1234567890123456789", Form::Integer));
        assert!(has("1.234,56", Form::DecimalComma) && !has("1.234,56", Form::Decimal));
        assert!(has("1,234.56", Form::Grouped) && !has("12,34.5", Form::Grouped));
        assert!(!has("CH93", Form::Decimal));
    }

    #[test]
    fn dates() {
        assert!(has("2024-02-29", Form::IsoDate) && !has("2023-02-29", Form::IsoDate));
        assert!(
            has("2024-02-29T10:00:00+01:00", Form::IsoTimestamp) && !has("2024-02-29", Form::IsoTimestamp)
        );
        assert_eq!(formats("31.12.2024"), ["%d.%m.%Y"]);
        assert_eq!(formats("20241231"), ["%Y%m%d", "ofx"]);
        assert_eq!(formats("20241231120000.000[-5:EST]"), ["ofx"]);
        assert_eq!(formats("12345678"), [""; 0]);
        assert_eq!(formats("12/31/2024"), ["%m/%d/%Y"]);
        assert_eq!(formats("01/02/2024"), ["%d/%m/%Y", "%m/%d/%Y"]);
        assert_eq!(formats("05-02-2024"), ["%d-%m-%Y", "%m-%d-%Y"]);
        assert_eq!(formats("05.02.24"), ["%d.%m.%y", "%m.%d.%y", "%y.%m.%d"]);
        assert_eq!(formats("24/02/13"), ["%d/%m/%y", "%y/%m/%d"]);
        assert_eq!(formats("31.12.99"), ["%d.%m.%y"]);
        assert_eq!(formats("01-FEB-19"), ["%d-%b-%y"]);
        assert_eq!(formats("01-Feb-2019"), ["%d-%b-%Y"]);
        assert_eq!(formats("20240131;101112"), ["%Y%m%d;%H%M%S"]);
    }

    #[test]
    fn booleans() {
        assert!(
            has("TRUE", Form::BooleanWord) && has("N", Form::BooleanLetter) && !has("1", Form::BooleanWord)
        );
        assert_eq!(Recognizer::default().recognize("1".repeat(200).as_str(), 100), Forms::NONE);
    }
}
