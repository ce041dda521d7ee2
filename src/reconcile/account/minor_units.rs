//! Amounts with more decimals than their currency has: something was scaled or parsed wrongly on one side.

use crate::model::currency;

/// Values of one group with more decimals than the group's currency has.
#[derive(Default, Clone)]
pub struct ExcessDecimals {
    /// Of theirs, counted by the converter.
    pub converted: u64,
    recorded_theirs: u64,
    recorded_ours: u64,
}

impl ExcessDecimals {
    /// Takes an amount of a recorded row.
    pub fn recorded(&mut self, group: &str, amount: &str, of_ours: bool) {
        if currency::minor_units(group).is_some_and(|units| currency::decimals(amount) > units) {
            *(if of_ours { &mut self.recorded_ours } else { &mut self.recorded_theirs }) += 1;
        }
    }

    /// Rows that are not recorded are equal on both sides, and so are their amounts.
    fn ours(&self) -> u64 {
        (self.converted + self.recorded_ours).saturating_sub(self.recorded_theirs)
    }
}

/// A sentence per currency whose amounts have more decimals than it has; none where a group is no currency, since
/// then the numbers among them are only alike.
pub fn warnings<'a>(
    column: &str,
    groups: &(impl Iterator<Item = (&'a str, &'a ExcessDecimals)> + Clone),
) -> Vec<String> {
    let mut named = groups.clone().filter(|(group, _)| !group.is_empty());
    if !named.all(|(group, _)| currency::is_currency(group)) {
        return Vec::new();
    }
    let excess = groups.clone().filter(|(_, excess)| excess.converted + excess.ours() > 0);
    let sentence = |(group, excess): (&str, &ExcessDecimals)| {
        let has = match currency::minor_units(group).unwrap_or_default() {
            0 => format!("decimals, which {group} has not"),
            units => format!("more than the {units} decimals of {group}"),
        };
        format!(
            "{column}: values in {group} have {has} ({} of theirs, {} of ours)",
            excess.converted,
            excess.ours()
        )
    };
    excess.map(sentence).collect()
}
