//! `${NAME}` in a feed's strings.

/// `text` with every `${NAME}` replaced by `lookup(NAME)` and every `$${` by a literal `${`.
///
/// # Errors
/// What is wrong, naming the variable but never a value.
pub(super) fn interpolate(text: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        out.push_str(&rest[..dollar]);
        rest = &rest[dollar..];
        if let Some(after) = rest.strip_prefix("$${") {
            out.push_str("${");
            rest = after;
        } else if let Some(after) = rest.strip_prefix("${") {
            let Some(end) = after.find('}') else {
                return Err("`${` is never closed; add `}`, or write `$${` for a literal `${`".into());
            };
            let name = &after[..end];
            if !is_variable(name) {
                return Err(format!(
                    "`${{{name}}}` does not name a variable; use letters, digits and `_`, or write `$${{` for a literal `${{`"
                ));
            }
            let Some(value) = lookup(name) else {
                return Err(format!(
                    "the environment variable `{name}` is not set; set it, or write `$${{` for a literal `${{`"
                ));
            };
            out.push_str(&value);
            rest = &after[end + 1..];
        } else {
            out.push('$');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    // No XML holds such a character, and U+001F separates fields in checksums.
    match out.chars().find(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        Some(control) => {
            Err(format!("the text holds the control character U+{:04X}; remove it", u32::from(control)))
        }
        None => Ok(out),
    }
}

/// A string of a feed that gives exactly `text`: what would be read from the environment is written so that it is not.
#[must_use]
pub fn literal(text: &str) -> String {
    text.replace("${", "$${")
}

fn is_variable(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.starts_with(|c: char| plain(c) && !c.is_ascii_digit()) && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_a(text: &str) -> Result<String, String> {
        interpolate(text, &|name| (name == "A").then(|| "v$${A}".to_owned()))
    }

    #[test]
    fn replaces_once_and_leaves_other_dollars() {
        assert_eq!(with_a("x${A}y$1$").unwrap(), "xv$${A}y$1$", "a value is not read again");
        assert_eq!(with_a("$${A} $$").unwrap(), "${A} $$");
    }

    #[test]
    fn a_literal_gives_its_text() {
        for text in ["${A}", "$${A}", "$$${", "x$y", "$"] {
            assert_eq!(with_a(&literal(text)).as_deref(), Ok(text), "{text}");
        }
    }

    #[test]
    fn names_what_is_missing() {
        assert_eq!(
            with_a("${NOPE}").unwrap_err(),
            "the environment variable `NOPE` is not set; set it, or write `$${` for a literal `${`"
        );
        assert!(with_a("${A").unwrap_err().contains("never closed"));
        assert!(with_a("${}").unwrap_err().contains("does not name a variable"));
        assert!(with_a("${1A}").is_err());
        assert!(with_a("a\u{1f}b").unwrap_err().contains("U+001F"));
    }
}
