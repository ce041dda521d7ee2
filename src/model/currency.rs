//! What ISO 4217 says about currencies: how many decimals an amount can have.

use iso_currency::Currency;

/// The decimals of a currency by its code; none of what is no currency, and of those that have none by
/// their nature, such as gold.
#[must_use]
pub fn minor_units(code: &str) -> Option<usize> {
    currency(code)?.exponent().map(usize::from)
}

/// Whether it is a code of ISO 4217.
#[must_use]
pub fn is_currency(code: &str) -> bool {
    currency(code).is_some()
}

/// By the alphabetic (`JPY`) or the three-digit numeric code (`392`).
fn currency(code: &str) -> Option<Currency> {
    match code.len() {
        3 if code.bytes().all(|b| b.is_ascii_digit()) => Currency::from_numeric(code.parse().ok()?),
        3 => Currency::from_code(code),
        _ => None,
    }
}

/// The decimals of a number in canonical text.
#[must_use]
pub fn decimals(canonical: &str) -> usize {
    canonical.split_once('.').map_or(0, |(_, fraction)| fraction.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From list one of ISO 4217 as its maintenance agency publishes it: all that are not two.
    #[test]
    fn the_exceptions_of_the_standard() {
        let none = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
        let of = |codes: &'static str| codes.split(' ');
        assert!(of(none).all(|code| minor_units(code) == Some(0)), "{none}");
        assert!(of("BHD IQD JOD KWD LYD OMR TND").all(|code| minor_units(code) == Some(3)));
        assert!(of("CLF UYW").all(|code| minor_units(code) == Some(4)));
        assert!(of("EUR USD GBP CHF CNY INR MGA MRU 978 840").all(|code| minor_units(code) == Some(2)));
        assert_eq!((minor_units("392"), minor_units("414"), minor_units("048")), (Some(0), Some(3), Some(3)));
    }

    #[test]
    fn what_is_no_currency() {
        for code in ["", "EURO", "jpy", "ZZQ", "000", "48", "\u{20ac}", "J\u{e9}"] {
            assert!(!is_currency(code) && minor_units(code).is_none(), "{code}");
        }
        // Gold, and transactions without a currency.
        for code in ["XAU", "959", "XXX"] {
            assert!(is_currency(code) && minor_units(code).is_none(), "{code}");
        }
    }

    #[test]
    fn decimals_of_canonical_text() {
        assert_eq!(["", "-7", "0.5", "12.125"].map(decimals), [0, 0, 1, 3]);
    }
}
