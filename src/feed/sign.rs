//! `sign`: a code beside a number, or behind it, that makes it negative.

use super::{path::Path, table::KnownTable};

pub(super) const SIGN: &[&str] = &["path", "suffix", "negative", "positive", "negates"];

/// `sign`, of a column or a control.
#[derive(Debug, Clone)]
pub struct Sign {
    /// Where the code stands (the first that is present); empty with `suffix`.
    pub paths: Vec<Path>,
    /// The code stands behind the number itself: `100.00 DR`.
    pub suffix: bool,
    /// Codes that make the number negative; an empty text is "no code". With an empty list any code does.
    pub negative: Vec<String>,
    /// Codes that leave the number as it is. With it both lists are closed; without it every other code does.
    pub positive: Option<Vec<String>>,
    /// A negative code turns the sign of a number that is negative already.
    pub negates: bool,
}

/// What a code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeMeans {
    /// The number is negative.
    Negative,
    /// The number is as it stands.
    Positive,
    /// No list names it, and the feed lets it be positive.
    Unlisted,
    /// No list names it, and the lists are closed.
    Unknown,
}

impl Sign {
    /// What the code means; an empty one is "no code". Blanks around it do not count.
    #[must_use]
    pub fn means(&self, code: &str) -> CodeMeans {
        let code = code.trim();
        let named = |list: &[String]| list.iter().any(|listed| listed == code);
        match &self.positive {
            None if self.negative.is_empty() && code.is_empty() => CodeMeans::Positive,
            None if self.negative.is_empty() || named(&self.negative) => CodeMeans::Negative,
            None => CodeMeans::Unlisted,
            Some(_) if named(&self.negative) => CodeMeans::Negative,
            Some(positive) if named(positive) => CodeMeans::Positive,
            Some(_) => CodeMeans::Unknown,
        }
    }

    /// Why a number with this code, which is [`CodeMeans::Unknown`], cannot be read.
    #[must_use]
    pub fn refusal(code: &str) -> &'static str {
        if code.trim().is_empty() {
            "has no sign code; where none is a code too, add \"\" to negative or positive of sign"
        } else {
            "(of sign) is a code that is neither in negative nor in positive"
        }
    }
}

/// Reads `sign`.
pub(super) fn sign(table: &KnownTable<'_>) -> Option<Sign> {
    let example = "{ path = \"CdtDbtInd\", negative = [\"DBIT\"], positive = [\"CRDT\"] }";
    let sign = table.table("sign", SIGN, example)?;
    let suffix = sign.flag("suffix", false);
    if suffix && sign.has("path") {
        sign.mistake("suffix", "stands beside path; the code stands behind the number, or elsewhere");
    } else if !suffix {
        sign.require("path", "say where the code stands");
    }
    let paths = if suffix { Some(Vec::new()) } else { sign.paths("path") };
    let codes = |key| -> Option<Vec<String>> {
        Some(sign.strings(key)?.iter().map(|code| code.trim().to_owned()).collect())
    };
    let negative = codes("negative").unwrap_or_default();
    let positive = codes("positive");
    if let Some(positive) = &positive {
        if negative.is_empty() {
            let what = "both lists are closed beside positive; name the codes that make the number negative";
            sign.mistake("negative", what);
        }
        if let Some(both) = positive.iter().find(|code| negative.contains(code)) {
            sign.mistake("positive", format!("`{both}` stands in negative too; take it out of one of them"));
        }
    }
    Some(Sign { paths: paths?, suffix, negative, positive, negates: sign.flag("negates", false) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign(negative: &[&str], positive: Option<&[&str]>) -> Sign {
        let list = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        let (paths, positive) = (Vec::new(), positive.map(list));
        Sign { paths, suffix: true, negative: list(negative), positive, negates: false }
    }

    #[test]
    fn what_codes_mean() {
        use CodeMeans::{Negative, Positive, Unknown, Unlisted};
        let open = sign(&["DBIT"], None);
        let closed = sign(&["DBIT"], Some(&["CRDT", ""]));
        let strict = sign(&["D", ""], Some(&["C"]));
        let any = sign(&[], None);
        for (sign, code, means) in [
            (&open, " DBIT\n", Negative),
            (&open, "CRDT", Unlisted),
            (&open, "dbit", Unlisted),
            (&open, "", Unlisted),
            (&closed, "DBIT ", Negative),
            (&closed, "CRDT", Positive),
            (&closed, " ", Positive),
            (&closed, "dbit", Unknown),
            (&closed, "DEBIT", Unknown),
            (&strict, "", Negative),
            (&strict, "C", Positive),
            (&strict, "E", Unknown),
            (&any, "", Positive),
            (&any, "x", Negative),
        ] {
            assert_eq!(sign.means(code), means, "{sign:?} {code:?}");
        }
    }
}
