//! Amounts with more decimals than their currency has: something was scaled or parsed wrongly on one side.

use crate::model::currency;

/// Values of one group that are finer than the group's currency.
#[derive(Default, Clone)]
pub struct Finer {
    /// Of theirs, counted by the converter.
    pub converted: u64,
    recorded: (u64, u64),
}

impl Finer {
    /// Takes an amount of a recorded row.
    pub fn recorded(&mut self, group: &str, amount: &str, of_ours: bool) {
        if currency::minor_units(group).is_some_and(|units| currency::decimals(amount) > units) {
            let (theirs, ours) = &mut self.recorded;
            *(if of_ours { ours } else { theirs }) += 1;
        }
    }

    /// Rows that are not recorded are equal on both sides, and so are their amounts.
    fn ours(&self) -> u64 {
        (self.converted + self.recorded.1).saturating_sub(self.recorded.0)
    }
}

/// A sentence per currency whose amounts are finer than it is; none where a group is no currency, since
/// then the numbers among them are only alike.
pub fn warnings<'a>(
    column: &str,
    groups: &(impl Iterator<Item = (&'a str, &'a Finer)> + Clone),
) -> Vec<String> {
    let mut named = groups.clone().filter(|(group, _)| !group.is_empty());
    if !named.all(|(group, _)| currency::is_currency(group)) {
        return Vec::new();
    }
    let finer = groups.clone().filter(|(_, finer)| finer.converted + finer.ours() > 0);
    let sentence = |(group, finer): (&str, &Finer)| {
        let has = match currency::minor_units(group).unwrap_or_default() {
            0 => format!("decimals, which {group} has not"),
            units => format!("more than the {units} decimals of {group}"),
        };
        format!(
            "{column}: values in {group} have {has} ({} of theirs, {} of ours)",
            finer.converted,
            finer.ours()
        )
    };
    finer.map(sentence).collect()
}
