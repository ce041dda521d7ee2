//! A small seeded generator (`SplitMix64`): a run against a database is expensive, so a test makes one run
//! of many rows instead of one run per case.

pub struct Random(u64);

/// The seed of every run that names none: what fails for one person fails for all.
const SEED: u64 = 2026;

/// `TIEOUT_TEST_SEED`, else always the same.
pub fn seed() -> u64 {
    std::env::var("TIEOUT_TEST_SEED").map_or(SEED, |text| text.parse().expect("TIEOUT_TEST_SEED is a number"))
}

impl Random {
    /// From the seed of this run.
    pub fn seeded() -> Self {
        Self(seed())
    }

    /// From a seed that was drawn before.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to `end` - 1.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.below((high - low).unsigned_abs() + 1)).expect("a small range")
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).expect("an index")]
    }

    /// `most` digits at most, at least `least`.
    pub fn digits(&mut self, least: usize, most: usize) -> String {
        let count = least + usize::try_from(self.below((most - least + 1) as u64)).expect("a small number");
        // Runs of zeros and nines are where carrying and trimming go wrong.
        (0..count)
            .map(|_| self.pick(&['0', '0', '0', '9', '9', '1', '2', '3', '4', '5', '6', '7', '8']))
            .collect()
    }

    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for n in (1..all.len()).rev() {
            all.swap(n, usize::try_from(self.below(n as u64 + 1)).expect("an index"));
        }
    }
}
