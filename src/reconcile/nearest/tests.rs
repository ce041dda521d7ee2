//! What cancels is what the rule, taken word by word, says.

use super::*;
use proptest::prelude::*;

fn number(text: &str) -> BigDecimal {
    text.parse().unwrap()
}

fn block(theirs: &[Vec<LooseCell>], ours: &[Vec<LooseCell>]) -> LooseBlock {
    let mut block = LooseBlock::default();
    (1..).zip(theirs).for_each(|(id, cells)| block.theirs(id, cells.clone()));
    ours.iter().enumerate().for_each(|(n, cells)| block.ours(format!("{n:03}"), cells.clone()));
    block
}

fn one(texts: &[&str]) -> Vec<Vec<LooseCell>> {
    texts.iter().map(|text| vec![LooseCell::Number(number(text))]).collect()
}

/// The rule, word by word: all pairs that agree, sorted, each row once.
fn by_the_rule(
    rules: &[LooseRule],
    theirs: &[Vec<LooseCell>],
    ours: &[Vec<LooseCell>],
) -> Vec<(i64, String)> {
    let mut all = Vec::new();
    for (id, their) in (1..).zip(theirs) {
        for (n, our) in ours.iter().enumerate() {
            let mut differences = Vec::new();
            let agree = rules.iter().zip(their.iter().zip(our)).all(|(rule, pair)| match pair {
                (LooseCell::Number(a), LooseCell::Number(b)) => {
                    differences.push((a - b).abs());
                    rule.agree(a, b)
                }
                (a, b) => matches!(rule, LooseRule::Text) || a == b,
            });
            if agree {
                all.push((differences, id, numbers(our), our.clone(), n));
            }
        }
    }
    all.sort();
    let (mut taken, mut pairs) = (Vec::new(), Vec::new());
    for (_, id, _, _, n) in all {
        if pairs.iter().all(|(one, _)| *one != id) && !taken.contains(&n) {
            taken.push(n);
            pairs.push((id, format!("{n:03}")));
        }
    }
    pairs.sort();
    pairs
}

fn pairs(rules: &[LooseRule], theirs: &[Vec<LooseCell>], ours: &[Vec<LooseCell>]) -> Vec<(i64, String)> {
    let mut pairs = block(theirs, ours).pairs(rules).expect("not too many");
    pairs.sort();
    pairs
}

#[test]
fn the_nearest_cancel_first() {
    let rules = [LooseRule::Absolute(number("0.005"))];
    let found = |theirs: &[&str], ours: &[&str]| {
        let pairs = pairs(&rules, &one(theirs), &one(ours));
        assert_eq!(pairs, by_the_rule(&rules, &one(theirs), &one(ours)));
        pairs.into_iter().map(|(id, n)| (id, n.parse().unwrap())).collect::<Vec<(i64, usize)>>()
    };
    assert_eq!(found(&["7", "7"], &["7.001"]), [(1, 0)]);
    assert_eq!(found(&["6.999", "7.001"], &["7"]), [(1, 0)], "equally far: the first of theirs");
    assert_eq!(found(&["7"], &["7.001", "6.999"]), [(1, 1)], "equally far: the smaller of ours");
    assert_eq!(found(&["7", "7.004"], &["7.003", "7.008"]), [(2, 0)], "the nearest, not the most");
    assert_eq!(found(&["7", "8"], &["9", "10"]), []);
}

#[test]
fn many_equal_keys_take_little_time() {
    let rules = [LooseRule::Absolute(number("1"))];
    let many = |shift: u32| {
        (0..50_000).map(move |n| vec![LooseCell::Number(BigDecimal::new((n * 3 + shift).into(), 3))])
    };
    let (theirs, ours): (Vec<_>, Vec<_>) = (many(0).collect(), many(1).collect());
    assert_eq!(block(&theirs, &ours).pairs(&rules).expect("not too many").len(), 50_000);
    let (theirs, ours) = (vec![theirs[0].clone(); 50_000], vec![ours[0].clone(); 50_000]);
    assert_eq!(block(&theirs, &ours).pairs(&rules).expect("not too many").len(), 50_000);
}

#[test]
fn too_many_are_told() {
    let rules = [LooseRule::Absolute(number("1000000")), LooseRule::Absolute(number("1000000"))];
    let many = |shift: u32| {
        (0..1000).map(move |n| vec![LooseCell::Number((n + shift).into()), LooseCell::Number(n.into())])
    };
    let (theirs, ours): (Vec<_>, Vec<_>) = (many(0).collect(), many(1).collect());
    assert_eq!(block(&theirs, &ours).pairs(&rules), None);
}

fn cell(kind: u8) -> BoxedStrategy<LooseCell> {
    match kind {
            0 => prop_oneof![1 => Just(LooseCell::None), 9 => (-20i64..20).prop_map(|n| LooseCell::Number(BigDecimal::new(n.into(), 1)))].boxed(),
            _ => "[ab]".prop_map(LooseCell::Text).boxed(),
        }
}

fn rule() -> impl Strategy<Value = LooseRule> {
    prop_oneof![
        (0i64..20).prop_map(|n| LooseRule::Absolute(BigDecimal::new(n.into(), 1))),
        (0i64..250).prop_map(|n| LooseRule::Percent(n.into())),
        Just(LooseRule::Text),
    ]
}

proptest! {
    #[test]
    fn pairs_are_those_of_the_rule(
        (rules, theirs, ours) in prop::collection::vec(rule(), 1..4).prop_flat_map(|rules| {
            let row: Vec<_> = rules.iter().map(|rule| cell(u8::from(*rule == LooseRule::Text))).collect();
            let rows = || prop::collection::vec(row.clone(), 0..8);
            (Just(rules), rows(), rows())
        })
    ) {
        prop_assert_eq!(pairs(&rules, &theirs, &ours), by_the_rule(&rules, &theirs, &ours));
    }
}
