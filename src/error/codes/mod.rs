//! Every code there is: what it means, why it happens, and what to do.
//!
//! The table stands in parts, by status; each hands its rows on to the next one. It is the only place of these texts. A message takes its hint from it, `tieout explain` prints it, and
//! `docs/errors.md` is made of it. A code never changes its meaning, and its number is never used again.
//! The exit status is the number without its last two digits.

#[macro_use]
mod usage;
#[macro_use]
mod files;
#[macro_use]
mod database;
#[macro_use]
mod fetch;
#[macro_use]
mod machine;

use super::Entry;

macro_rules! codes {
    ({ $($name:ident $number:literal $meaning:literal $why:literal $action:literal)* }) => {
        /// What exactly failed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum Code {
            $(#[doc = $meaning] $name = $number,)*
        }

        impl Code {
            /// All of them, by number.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// What is said of it.
            #[must_use]
            pub const fn entry(self) -> &'static Entry {
                match self {
                    $(Self::$name => &Entry {
                        word: concat!("TO-", $number),
                        meaning: $meaning,
                        why: $why,
                        action: $action,
                    },)*
                }
            }
        }
    };
}

usage_codes! { files_codes database_codes fetch_codes machine_codes codes {} }
