//! Words of names that say what a value is: something that identifies, or an amount. Each stands here once.

use super::names::snake;

/// Ends of names that identify something, also where words are glued together: FITID.
const GLUED: [&str; 8] = ["id", "ref", "no", "nr", "number", "iban", "isin", "key"];
/// Last words that identify something; at the end of a longer word they still tell one record from another.
const REFERENCES: [&str; 3] = ["reference", "cusip", "uetr"];
/// Ends of names that count records.
const ORDINALS: [&str; 3] = ["seq", "line", "ordinal"];
/// Last words that identify something which many records share.
const CODES: [&str; 6] = ["code", "cd", "bic", "zip", "phone", "version"];
/// Identifies, but counts as often as it tells records apart.
const NUM: &str = "num";
/// Words that hold amounts …
const AMOUNTS: [&str; 11] =
    ["bal", "price", "px", "rate", "sum", "total", "value", "fee", "tax", "limit", "cost"];
/// … and those that do so at the end of a longer word too.
const GLUED_AMOUNTS: [&str; 3] = ["amt", "amount", "balance"];

fn ends(word: &str, list: &[&str]) -> bool {
    list.iter().any(|end| word.ends_with(end))
}

/// The last word of a name in lower `snake_case`.
pub(super) fn last_word(snake: &str) -> &str {
    snake.rsplit('_').next().unwrap_or_default()
}

/// The name, or the end of it where words are glued together, says that it identifies something: digits there are no
/// number to calculate with.
pub(super) fn identifies(name: &str) -> bool {
    let name = snake(name);
    let last = last_word(&name);
    ends(last, &GLUED)
        || last.ends_with(NUM)
        || [REFERENCES.as_slice(), &CODES].iter().any(|list| list.contains(&last))
}

/// The last word of the name says that it tells one record from another.
pub(super) fn tells_records_apart(name: &str) -> bool {
    let name = snake(name);
    let last = last_word(&name);
    // A link is no identifier.
    last != "href" && [GLUED.as_slice(), &REFERENCES, &ORDINALS].iter().any(|list| ends(last, list))
}

/// A word of the name says that it is an amount.
pub(super) fn is_amount(name: &str) -> bool {
    snake(name).split('_').any(|word| AMOUNTS.contains(&word) || ends(word, &GLUED_AMOUNTS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glued_words_identify_too() {
        for name in ["FITID", "AcctSvcrRef", "cusip", "BIC", "OrderNum", "CUSTREF"] {
            assert!(identifies(name), "{name}");
        }
        for name in ["amount", "MYCUSIP", "line"] {
            assert!(!identifies(name), "{name}");
        }
    }

    #[test]
    fn records_are_told_apart_by_references_and_ordinals() {
        for name in ["FITID", "MYCUSIP", "LineSeq", "TxNo"] {
            assert!(tells_records_apart(name), "{name}");
        }
        for name in ["href", "BIC", "OrderNum", "Ccy"] {
            assert!(!tells_records_apart(name), "{name}");
        }
    }

    #[test]
    fn amounts_are_known_by_a_word() {
        assert!(is_amount("TxAmt") && is_amount("TRNAMT") && is_amount("fx_rate") && !is_amount("TAXRATES"));
    }
}
