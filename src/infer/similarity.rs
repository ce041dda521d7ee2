//! How alike the names of two columns are, abbreviations included.

use super::names::snake;

/// Words that mean the same.
const SYNONYMS: [&[&str]; 34] = [
    &["amount", "amt"],
    &["currency", "ccy", "curr", "cur"],
    &["date", "dt", "day", "on"],
    &["time", "tm"],
    &["name", "nm"],
    &["account", "acct", "acc"],
    &["reference", "ref"],
    &["number", "no", "nr", "nb", "num"],
    &["code", "cd"],
    &["id", "identifier", "identification"],
    &["description", "desc"],
    &["transaction", "txn", "tx", "trx", "tran", "trn"],
    &["booking", "bookg", "booked", "posted", "posting"],
    &["value", "val"],
    &["creditor", "cdtr"],
    &["debtor", "dbtr"],
    &["balance", "bal"],
    &["quantity", "qty"],
    &["price", "px"],
    &["statement", "stmt"],
    &["entry", "ntry"],
    &["type", "tp"],
    &["country", "ctry"],
    &["address", "adr", "addr"],
    &["status", "sts"],
    &["payment", "pmt"],
    &["interest", "int"],
    &["indicator", "ind"],
    &["additional", "addtl"],
    &["information", "inf", "info"],
    &["remittance", "rmt"],
    &["servicer", "svcr", "bank"],
    &["owner", "ownr"],
    &["expiry", "expires", "exp"],
];

/// How alike a column of theirs, by its name or the last names of its path, and a column of ours are called: 0 to 1.
#[must_use]
pub fn similarity(name: &str, words: &[String], ours: &str) -> f64 {
    let (plain, ours) = (snake(ours).replace('_', ""), tokens(ours));
    let tails = (1..=words.len().min(3)).map(|n| words[words.len() - n..].join("_"));
    let all = std::iter::once(name.to_owned()).chain(tails);
    let one = |theirs: String| {
        // Words may be glued together on one side.
        if snake(&theirs).replace('_', "") == plain { 1.0 } else { tokens_alike(&tokens(&theirs), &ours) }
    };
    all.map(one).fold(0.0, f64::max)
}

/// The words of a name, each as the first of its synonyms.
fn tokens(name: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    for word in snake(name).split('_').filter(|word| !word.is_empty()) {
        let found = SYNONYMS.iter().find(|group| group.contains(&word));
        let token = found.map_or_else(|| word.to_owned(), |group| group[0].to_owned());
        if !tokens.contains(&token) {
            tokens.push(token);
        }
    }
    tokens
}

/// A part of a whole; both are small, so nothing is lost.
pub(super) fn share(part: usize, whole: usize) -> f64 {
    let number = |n: usize| u32::try_from(n).map_or(f64::MAX, f64::from);
    if whole == 0 { 0.0 } else { number(part) / number(whole) }
}

fn tokens_alike(theirs: &[String], ours: &[String]) -> f64 {
    if theirs.is_empty() || ours.is_empty() {
        return 0.0;
    }
    let (joined, other) = (theirs.concat(), ours.concat());
    if joined == other {
        return 1.0;
    }
    let met = theirs
        .iter()
        .filter(|theirs| ours.iter().any(|ours| theirs == &ours || strsim::jaro_winkler(theirs, ours) > 0.92))
        .count();
    let words = share(2 * met, theirs.len() + ours.len());
    words.min(0.95).max(strsim::normalized_damerau_levenshtein(&joined, &other).min(0.95))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_abbreviations_are_alike() {
        for (theirs, ours, least) in [
            ("amt", "amount", 1.0),
            ("bookg_dt", "booked_on", 1.0),
            ("AcctSvcrRef", "account_servicer_reference", 1.0),
            ("ACCOUNTNO", "account_no", 1.0),
            ("amt_ccy", "currency", 0.6),
        ] {
            assert!(similarity(theirs, &[theirs.to_owned()], ours) >= least, "{theirs} {ours}");
        }
        assert!(similarity("iban", &["IBAN".into()], "amount") < 0.4);
    }
}
