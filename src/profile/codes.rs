//! Codes that prove themselves: by their shape and their check digits. What is one of them is no number.

/// Longest identifier of a transaction (ISO 23897).
const MAX_UTI: usize = 52;

/// `123e4567-e89b-12d3-a456-426614174000` (RFC 9562); the UETR of a payment is one.
pub(super) fn is_uuid(text: &str) -> bool {
    let dash = |n| matches!(n, 8 | 13 | 18 | 23);
    text.len() == 36
        && text.bytes().enumerate().all(|(n, b)| if dash(n) { b == b'-' } else { b.is_ascii_hexdigit() })
}

/// A legal entity's identifier (ISO 17442): 18 letters and digits, and two check digits.
pub(super) fn is_lei(text: &str) -> bool {
    text.len() == 20
        && text.bytes().rev().take(2).all(|b| b.is_ascii_digit())
        && capital(text)
        && mod_97(text.bytes()) == 1
}

/// The identifier of a transaction (ISO 23897): what the entity that made it chose stands after its LEI.
pub(super) fn is_uti(text: &str) -> bool {
    (21..=MAX_UTI).contains(&text.len()) && capital(text) && is_lei(&text[..20])
}

/// An account (ISO 13616): country, two check digits, up to 30 letters and digits.
pub(super) fn is_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && mod_97(bytes[4..].iter().chain(&bytes[..4]).copied()) == 1
}

/// A security (ISO 6166): country, nine letters and digits, one check digit.
pub(super) fn is_isin(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 12
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && capital(text)
        && luhn(digits(text.bytes()))
}

/// A card, an IMEI, an account in some countries (ISO/IEC 7812): digits, the last of which checks the others.
pub(super) fn is_luhn(text: &str) -> bool {
    (8..=30).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) && luhn(digits(text.bytes()))
}

/// A taxpayer of Brazil: CNPJ (14 digits) or CPF (11), each with two check digits.
pub(super) fn is_brazilian(text: &str) -> bool {
    let digits: Vec<u32> = text.bytes().map(|b| u32::from(b.wrapping_sub(b'0'))).collect();
    let cycle = match digits.len() {
        14 => 8,
        11 => 11,
        _ => return false,
    };
    let check = |end: usize| {
        let weights = (0..cycle).map(|n| n + 2).cycle();
        let sum: u32 = digits[..end].iter().rev().zip(weights).map(|(digit, weight)| digit * weight).sum();
        if sum % 11 < 2 { 0 } else { 11 - sum % 11 }
    };
    let length = digits.len();
    digits.iter().all(|&digit| digit < 10)
        && digits.iter().any(|digit| *digit != digits[0])
        && digits[length - 2] == check(length - 2)
        && digits[length - 1] == check(length - 1)
}

fn capital(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Letters as two digits from 10 on (ISO 7064).
fn digits(bytes: impl Iterator<Item = u8>) -> impl Iterator<Item = u32> {
    bytes.flat_map(|b| {
        let value = char::from(b).to_digit(36).unwrap_or(0);
        let tens = (value >= 10).then_some(value / 10);
        tens.into_iter().chain([value % 10])
    })
}

fn mod_97(bytes: impl Iterator<Item = u8>) -> u32 {
    digits(bytes).fold(0, |rest, digit| (rest * 10 + digit) % 97)
}

fn luhn(digits: impl Iterator<Item = u32>) -> bool {
    let digits: Vec<u32> = digits.collect();
    let sum: u32 = (digits.iter().rev().enumerate())
        .map(|(n, &digit)| if n % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|&digit| digit > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A check that a text is such a code, one that is, and the same with one character changed.
    type Case = (fn(&str) -> bool, &'static str, &'static str);

    #[test]
    fn codes_prove_themselves() {
        let cases: [Case; 9] = [
            (is_uuid, "123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456_426614174000"),
            (is_lei, "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R13"),
            (is_uti, "5493001KJTIIGC8Y1R12TRADE00001", "5493001KJTIIGC8Y1R13TRADE00001"),
            (is_iban, "CH9300762011623852957", "CH9300762011623852958"),
            (is_iban, "DE89370400440532013000", "DE89370400440532013001"),
            (is_isin, "US0378331005", "US0378331006"),
            (is_luhn, "4539578763621486", "4539578763621487"),
            (is_brazilian, "11222333000181", "11222333000182"),
            (is_brazilian, "52998224725", "52998224726"),
        ];
        for (check, good, bad) in cases {
            assert!(check(good), "{good}");
            assert!(!check(bad), "{bad}");
            assert!(!check(""));
        }
        assert!(!is_luhn("00000000") && !is_brazilian("11111111111"));
    }
}
