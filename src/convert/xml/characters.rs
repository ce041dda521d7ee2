//! Looks through blocks of UTF-8 for characters that matter to everything: line feeds, and what XML
//! 1.0 (section 2.2) forbids.

/// Line feeds in `bytes`.
pub(super) fn count_newlines(bytes: &[u8]) -> u64 {
    // Counted in bytes within chunks of 255, so that the compiler can use vector instructions.
    bytes.chunks(255).map(|c| u64::from(c.iter().map(|&b| u8::from(b == b'\n')).sum::<u8>())).sum()
}

/// The first control character, U+FFFE or U+FFFF. (Surrogates are not valid UTF-8 anyway.)
pub(super) fn forbidden(text: &[u8]) -> Option<usize> {
    let is_control = |b: u8| b < 0x20 && b != b'\t' && b != b'\n' && b != b'\r';
    let control = text.chunks(4096).enumerate().find_map(|(n, chunk)| {
        // Without an early exit, which would keep the compiler from using vector instructions.
        let any = chunk.iter().fold(false, |any, &b| any | is_control(b));
        if any { chunk.iter().position(|&b| is_control(b)).map(|at| n * 4096 + at) } else { None }
    });
    if control.is_none() && text.contains(&0xef) {
        return text.windows(3).position(|w| w[0] == 0xef && w[1] == 0xbf && w[2] >= 0xbe);
    }
    control
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_are_found_wherever_they_stand() {
        for at in [0, 1, 4095, 4096, 9999] {
            let mut text = vec![b'a'; 10_000];
            text[at] = 0x0b;
            assert_eq!(forbidden(&text), Some(at));
        }
        assert_eq!(forbidden("a\t\r\né\u{feff}\u{fffd}".as_bytes()), None);
        assert_eq!(forbidden("aa\u{ffff}".as_bytes()), Some(2));
    }

    #[test]
    fn newlines_are_counted() {
        assert_eq!(count_newlines(&[b'\n'; 1000]), 1000);
        assert_eq!(count_newlines(b"a\r\nb"), 1);
    }
}
