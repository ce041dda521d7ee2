//! The list of the feeds that ship, by family: one line a feed.

/// A feed that ships.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shipped {
    /// What a user calls it, and the file's name without `.toml`.
    pub name: &'static str,
    /// The file.
    pub text: &'static str,
}

macro_rules! family {
    ($($name:literal),* $(,)?) => {
        &[$(Shipped { name: $name, text: include_str!(concat!("../../../feeds/", $name, ".toml")) }),*]
    };
}

/// ISO 20022: statements, notifications and cash management.
const CASH: &[Shipped] = family! {
    "camt.029",
    "camt.052",
    "camt.053",
    "camt.053-balances",
    "camt.054",
    "camt.055",
    "camt.056",
    "camt.057",
    "camt.060",
    "camt.086",
    "camt.087",
    "admi.007",
};

/// ISO 20022: payments.
const PAYMENTS: &[Shipped] = family! {
    "pain.001",
    "pain.002",
    "pain.007",
    "pain.008",
    "pain.013",
    "pain.014",
    "pacs.002",
    "pacs.003",
    "pacs.004",
    "pacs.007",
    "pacs.008",
    "pacs.009",
    "pacs.010",
    "pacs.028",
};

/// ISO 20022: securities and transaction reporting.
const SECURITIES: &[Shipped] = family! {
    "semt.002",
    "sese.023",
    "sese.024",
    "seev.031",
    "auth.016",
    "auth.030",
    "auth.031",
};

/// Trades, positions, brokers and banks outside ISO 20022.
const TRADES: &[Shipped] = family! {
    "fixml-trades",
    "fixml-positions",
    "fixml-orders",
    "fixml-executions",
    "fpml-trades",
    "ofx",
    "ofx-investments",
    "ofx-positions",
    "ib-flex-trades",
    "ib-flex-cash",
    "ib-flex-positions",
    "ib-flex-corporate-actions",
    "ib-flex-transfers",
    "ib-flex-confirms",
};

/// Invoices and ledgers.
const INVOICES: &[Shipped] = family! {
    "ubl-invoices",
    "cii-invoices",
    "fatturapa",
    "fatturapa-simplified",
    "nf-e",
    "cfdi",
    "ksef",
    "facturae",
    "saf-t",
    "saf-t-pt",
    "jpk-kr",
};

/// Filings and what supervisors ask for.
const FILINGS: &[Shipped] = family! {
    "sec-13f",
    "sec-ownership",
    "sec-144",
    "sec-nport",
    "xbrl-facts",
};

/// Rates and statistics.
const RATES: &[Shipped] = family! {
    "ecb-rates",
    "boc-rates",
    "snb-rates",
    "nbp-rates",
    "nbp-api-rates",
    "cnb-rates",
    "tcmb-rates",
    "nbu-rates",
    "bnr-rates",
    "cbr-rates",
    "sdmx-generic",
    "sdmx-exr",
};

/// Reference data and lists.
const LISTS: &[Shipped] = family! {
    "gleif",
    "eu-sanctions",
    "ofac-sdn",
    "un-sanctions",
};

/// In the order of `tieout feeds`.
pub(super) fn shipped() -> impl Iterator<Item = Shipped> {
    let families = [CASH, PAYMENTS, SECURITIES, TRADES, INVOICES, FILINGS, RATES, LISTS];
    families.into_iter().flatten().copied()
}
