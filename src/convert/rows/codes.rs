//! Sign codes that no list names and that were taken as positive: which, and in how many rows. Bounded.

/// Longer codes are cut to so many characters.
const LONGEST: usize = 40;

/// The codes of one column in one file.
#[derive(Debug, Clone, Default)]
pub(super) struct Codes {
    seen: Vec<(Box<str>, u64)>,
    /// Rows with still others.
    others: u64,
    /// Those of the current row, as indices of `seen`; its length stands for the others.
    current: Vec<usize>,
}

impl Codes {
    /// As many different codes of one column are told apart.
    pub const DIFFERENT: usize = 20;

    /// The current row has these codes.
    pub fn see(&mut self, codes: &[String]) {
        self.current.clear();
        for code in codes {
            let end = code.char_indices().nth(LONGEST).map_or(code.len(), |(at, _)| at);
            let code = &code[..end];
            let known = self.seen.iter().position(|(known, _)| **known == *code);
            let index = known.unwrap_or_else(|| self.add(code));
            if !self.current.contains(&index) {
                self.current.push(index);
            }
        }
    }

    fn add(&mut self, code: &str) -> usize {
        if self.seen.len() == Self::DIFFERENT {
            return Self::DIFFERENT;
        }
        self.seen.push((code.into(), 0));
        self.seen.len() - 1
    }

    /// The current row was written.
    pub fn count(&mut self) {
        for &code in &self.current {
            match self.seen.get_mut(code) {
                Some((_, rows)) => *rows += 1,
                None => self.others += 1,
            }
        }
    }

    /// `DEBIT (2), no code (1)`: what the rows had; `None` where every code was in a list.
    pub fn told(&self) -> Option<String> {
        let name = |code: &str| if code.is_empty() { "no code".to_owned() } else { format!("{code:?}") };
        let seen = self.seen.iter().filter(|(_, rows)| *rows > 0);
        let mut parts: Vec<String> = seen.map(|(code, rows)| format!("{} ({rows})", name(code))).collect();
        if self.others > 0 {
            parts.push(format!("others ({})", self.others));
        }
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_counted_by_row_and_bounded() {
        let mut codes = Codes::default();
        codes.count();
        assert_eq!(codes.told(), None);
        let one = |code: &str| [code.to_owned()];
        for code in ["dbit", "", "dbit"] {
            codes.see(&one(code));
            codes.count();
        }
        codes.see(&one("of a bad row"));
        codes.see(&[]);
        codes.count();
        assert_eq!(codes.told().unwrap(), "\"dbit\" (2), no code (1)");
        codes.see(&["dbit", "C", "dbit"].map(str::to_owned));
        codes.count();
        assert_eq!(codes.told().unwrap(), "\"dbit\" (3), no code (1), \"C\" (1)");
        for n in 0..100 {
            codes.see(&one(&n.to_string()));
            codes.count();
        }
        assert_eq!(codes.seen.len(), Codes::DIFFERENT);
        assert!(codes.told().unwrap().ends_with(", others (84)"), "{:?}", codes.told());
        codes.see(&one(&"é".repeat(100)));
        assert!(codes.seen.iter().all(|(code, _)| code.chars().count() <= LONGEST));
    }
}
