//! Random conditions and records: a condition holds for exactly the records for which its model does.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A condition, and what it says of a record: the model.
#[derive(Debug, Clone)]
enum Model {
    Compares(&'static str, &'static str, i32),
    In(&'static str, bool, Vec<i32>),
    Paths(&'static str, &'static str),
    Exists(&'static str),
    Not(Box<Model>),
    All(Vec<Model>),
    Any(Vec<Model>),
}

type Values = BTreeMap<&'static str, Vec<i32>>;

impl Model {
    fn text(&self) -> String {
        let joined = |all: &[Model], word: &str| {
            all.iter().map(|one| format!("({})", one.text())).collect::<Vec<_>>().join(word)
        };
        match self {
            Self::Compares(path, operator, number) => format!("{path} {operator} {number}"),
            Self::In(path, negated, list) => {
                let list: Vec<String> = list.iter().map(ToString::to_string).collect();
                format!("{path} {}in ({})", if *negated { "not " } else { "" }, list.join(", "))
            }
            Self::Paths(path, other) => format!("{path} = ./{other}"),
            Self::Exists(path) => (*path).to_owned(),
            Self::Not(one) => format!("not({})", one.text()),
            Self::All(all) => joined(all, " and "),
            Self::Any(any) => joined(any, " or "),
        }
    }

    fn holds(&self, values: &Values) -> bool {
        let of = |path: &str| values.get(path).cloned().unwrap_or_default();
        match self {
            Self::Compares(path, "!=", number) => !of(path).contains(number),
            Self::Compares(path, operator, number) => of(path).iter().any(|value| match *operator {
                "=" => value == number,
                "<" => value < number,
                "<=" => value <= number,
                ">" => value > number,
                _ => value >= number,
            }),
            Self::In(path, negated, list) => of(path).iter().any(|value| list.contains(value)) != *negated,
            Self::Paths(path, other) => of(path).iter().any(|value| of(other).contains(value)),
            Self::Exists(path) => !of(path).is_empty(),
            Self::Not(one) => !one.holds(values),
            Self::All(all) => all.iter().all(|one| one.holds(values)),
            Self::Any(any) => any.iter().any(|one| one.holds(values)),
        }
    }
}

fn model() -> impl Strategy<Value = Model> {
    let path = || prop::sample::select(&["a", "b", "c"][..]);
    let operator = prop::sample::select(&["=", "!=", "<", "<=", ">", ">="][..]);
    let leaf = prop_oneof![
        4 => (path(), operator, -2_i32..4).prop_map(|(path, operator, n)| Model::Compares(path, operator, n)),
        1 => (path(), any::<bool>(), prop::collection::vec(-2_i32..4, 1..3))
            .prop_map(|(path, negated, list)| Model::In(path, negated, list)),
        1 => (path(), path()).prop_map(|(path, other)| Model::Paths(path, other)),
        1 => path().prop_map(Model::Exists),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| Model::Not(Box::new(one))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Model::All),
            prop::collection::vec(inner, 2..4).prop_map(Model::Any),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_condition_says_what_its_model_says(
        model in model(),
        records in prop::collection::vec(prop::collection::vec((0_usize..3, -2_i32..4), 0..5), 1..6),
    ) {
        let mut xml = "<d>".to_owned();
        let mut expected = Vec::new();
        for (k, record) in records.iter().enumerate() {
            let mut values = Values::new();
            let _ = write!(xml, "<r k='{k}'>");
            for (path, value) in record {
                let path = ["a", "b", "c"][*path];
                values.entry(path).or_default().push(*value);
                let _ = write!(xml, "<{path}>{value}</{path}>");
            }
            xml.push_str("</r>");
            if model.holds(&values) {
                expected.push(k.to_string());
            }
        }
        xml.push_str("</d>");
        let feed = plain(&format!("row = \"r\"\nallow_empty = true\nwhere = {:?}", model.text()), &[("k", "@k")]);
        prop_assert_eq!(converted(&feed, xml).rows(), expected, "{}", model.text());
    }
}
