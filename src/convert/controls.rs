//! The controls of all files of a run together.

use crate::{
    feed::{Absent, Control, Feed},
    model::{ControlSummary, Converted},
};

/// What became of each control of the feed, in order.
#[must_use]
pub fn controls_over_files(feed: &Feed, files: &[Converted]) -> Vec<ControlSummary> {
    let mut all = Vec::with_capacity(feed.controls.len());
    for (n, control) in feed.controls.iter().enumerate() {
        let mut one = ControlSummary::new(&control.name, "");
        for of_file in files.iter().filter_map(|file| file.controls.get(n)) {
            if control.over_run { one.merge_sums(of_file) } else { one.merge(of_file) }
        }
        if control.over_run {
            one.close();
        }
        all.push(one);
    }
    all
}

/// What a person should know of them: one sentence per control that failed, one per control whose number is not there.
pub fn told_of_controls<'c>(
    feed: &'c Feed,
    controls: &'c [ControlSummary],
) -> impl Iterator<Item = (&'c Control, String)> {
    let told = |(one, control): (&'c ControlSummary, &'c Control)| {
        let told = one.told(control.absent == Absent::Warn && !control.over_run);
        told.into_iter().map(move |text| (control, text))
    };
    controls.iter().zip(&feed.controls).flat_map(told)
}
