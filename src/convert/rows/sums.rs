//! Exact sums of canonical decimals.

use crate::{canonical::number, model::currency};
use bigdecimal::BigDecimal;
use std::str::FromStr;

/// A sum. Most amounts fit an `i128`; what does not is added up in arbitrary precision.
#[derive(Debug, Clone, Default)]
pub(super) struct Sum {
    mantissa: i128,
    scale: u32,
    big: Option<BigDecimal>,
    /// The currency's decimals, where it is a sum of one currency.
    minor_units: Option<usize>,
    /// Values with more decimals than that.
    pub finer: u64,
}

impl Sum {
    /// The sum of a group, which may be a currency.
    pub fn of(group: &str) -> Self {
        Self { minor_units: currency::minor_units(group), ..Self::default() }
    }

    /// Adds canonical decimal text.
    pub fn add(&mut self, canonical: &str) {
        if self.minor_units.is_some_and(|units| currency::decimals(canonical) > units) {
            self.finer += 1;
        }
        if self.add_small(canonical).is_none() {
            // Canonical text always parses.
            let number = BigDecimal::from_str(canonical).unwrap_or_default();
            self.big = Some(self.big.take().unwrap_or_default() + number);
        }
    }

    fn add_small(&mut self, canonical: &str) -> Option<()> {
        if canonical.len() > 30 {
            return None;
        }
        let (negative, digits) = canonical.strip_prefix('-').map_or((false, canonical), |rest| (true, rest));
        let (mut mantissa, mut scale, mut point) = (0_i128, 0_u32, 0);
        for byte in digits.bytes() {
            if byte == b'.' {
                point = 1;
            } else {
                mantissa = mantissa * 10 + i128::from(byte.checked_sub(b'0')?);
                scale += point;
            }
        }
        let common = scale.max(self.scale);
        let value = mantissa.checked_mul(10_i128.checked_pow(common - scale)?)?;
        let sum = self.mantissa.checked_mul(10_i128.checked_pow(common - self.scale)?)?;
        self.mantissa = if negative { sum.checked_sub(value)? } else { sum.checked_add(value)? };
        self.scale = common;
        Some(())
    }

    /// The sum so far.
    pub fn total(&self) -> BigDecimal {
        let small = BigDecimal::new(self.mantissa.into(), i64::from(self.scale));
        match &self.big {
            Some(big) => small + big,
            None => small,
        }
    }

    /// The sum in canonical text.
    pub fn canonical(&self) -> String {
        number::of_big(&self.total())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_and_big_numbers_add_up() {
        let mut sum = Sum::default();
        for text in ["0.1", "0.2", "-0.30", "1", "123456789012345678901234567890123456789.5", "-0.5"] {
            sum.add(text);
        }
        assert_eq!(sum.canonical(), "123456789012345678901234567890123456790");
        let mut sum = Sum::default();
        sum.add(&"9".repeat(30));
        sum.add("0.000000000000000000000000001");
        assert_eq!(sum.canonical(), format!("{}.000000000000000000000000001", "9".repeat(30)));
    }

    proptest! {
        #[test]
        fn equals_the_sum_in_arbitrary_precision(numbers in prop::collection::vec("-?[1-9][0-9]{0,28}\\.[0-9]{0,9}[1-9]", 0..20)) {
            let mut sum = Sum::default();
            let mut expected = BigDecimal::default();
            for text in &numbers {
                sum.add(text);
                expected += BigDecimal::from_str(text).unwrap();
            }
            prop_assert_eq!(sum.canonical(), number::of_big(&expected));
        }
    }
}
