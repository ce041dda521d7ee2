//! Words of names that say what a value is: something that identifies, an amount, a count, a date, what people wrote.
//! In the languages that senders of files write. Each stands here once.

use super::names::snake;

/// Words between blanks.
struct Words(&'static str);

impl Words {
    fn all(&self) -> impl Iterator<Item = &'static str> {
        self.0.split_ascii_whitespace()
    }

    fn has(&self, word: &str) -> bool {
        self.all().any(|one| one == word)
    }

    /// One of them ends the word.
    fn end(&self, word: &str) -> bool {
        self.all().any(|end| word.ends_with(end))
    }

    /// A name in lower `snake_case` has one of them.
    fn are_in(&self, snake: &str) -> bool {
        snake.split('_').any(|word| self.has(word))
    }
}

/// Ends of names that identify something, also where words are glued together: FITID.
const GLUED: Words = Words(
    "id ref no nr number iban isin key num nummer numero número numéro numer idr code reference \
     referenz referencia chave",
);
/// Last words that identify something.
const LAST: Words = Words(
    "cusip uetr lei uti uuid sedol figi wkn identifier identification identificador identifiant ident \
     riferimento référence nro číslo cislo номер код cd codigo código codice kod kód kode koodi \
     kennung kennzeichen clave folio",
);
/// Ends that are no identifiers.
const NOT_LAST: Words = Words("href paid bid valid void kind grid");
/// Words of codes that many records share: where and who people are, and how banks and customs call things.
const CODES: Words = Words(
    "plz zip postcode postal postleitzahl zipcode cep cap cnpj cpf rfc nif nip cif cuit cuil rut ruc \
     nit pesel regon siren siret ico dic inn kpp ogrn okpo oib ein ssn tin ustid piva fiscal fiscale \
     tel telefon telefone telefono teléfono telephone phone fone fax mobile handy gsm msisdn bic \
     bicfi swift blz bik aba routing mcc naics nace cnae cfop ncm cst ean gtin upc sku version \
     country serie cik",
);
/// Words of accounts, parties, contracts, documents and places, and of parts and editions of texts and lists. What is called so is a name, however much it looks like a number.
const ENTITIES: Words = Words(
    "acct account accounts konto conto compte cuenta conta hesap ucet účet rachunek nrb rekening \
     customer client cliente kunde klient debtor creditor debitor kreditor mandate mandat contract \
     vertrag contrat contrato policy police invoice rechnung facture factura fattura beleg voucher \
     branch filiale agency agence agencia guichet banque depot portfolio valoren isbn issn gln gln13 \
     ahv vat mwst ust cheque check scheck terminal merchant store shop batch employee department \
     costcenter costcentre kostenstelle center centre gl glaccount sachkonto release build edition \
     version chapter section clause paragraph article artikel rule hs cpv tariff isco coicop unit lot \
     series serie mandant pnr sortcode zone room slot",
);
/// Ends of glued names of such.
const ENTITY_ENDS: Words = Words(
    "account acct konto compte cuenta kunde vertrag beleg rechnung center centre stelle debitor \
     kreditor version customer",
);
/// Words of amounts that end like one of them.
const DISCOUNTS: Words = Words("skonto abrechnung");
/// Ends of names of what many records may name: parties, accounts, securities.
const SHARED: Words = Words("lei iban isin cusip sedol figi wkn code");
/// Parts of glued names that say the same: `telefonnummer`, `codigopostal`.
const CODE_PARTS: Words = Words("telefon telephone postal postleit postcode zipcode codigo kontonr identif");
/// Last words that count records in what they stand in.
const ORDINALS: Words = Words("seq sequence line ordinal position pos item nitem lfd linea");
/// Words that hold amounts …
const AMOUNTS: Words = Words(
    "skonto sconto desconto ratio factor percentage spread pct weight bal price px rate sum total \
     value fee tax limit cost bid ask betrag summe saldo preis kurs gebühr gebuehr steuer montant \
     solde prix taux importe importo precio tasa prezzo tasso totale valor preco preço taxa bedrag \
     belopp beløp belop kwota wartosc wartość cena částka castka suma summa сумма цена курс notional \
     commission interest yield strike premium vl mt",
);
/// … and those that do so at the end of a longer word too.
const GLUED_AMOUNTS: Words = Words("amt amount balance betrag montant");
/// Words that count.
const COUNTS: Words = Words(
    "qty quantity count cnt anzahl menge quantidade quantita quantità cantidad quantité quantite \
     aantal antal ilosc ilość units shares lots days months years nominal multiplier",
);
/// What begins a count: `NbOfTxs`.
const COUNTS_OF: Words = Words("number_of_ nb_of_ no_of_ num_of_ nr_of_");
/// Words of dates and times.
const DATES: Words = Words(
    "date dt day datum dat data fecha fec jour giorno dia tag tarih dato дата time tm timestamp zeit \
     hora heure expiry maturity dh since until when asof päivä",
);
/// Ends and beginnings of glued names of dates: DTPOSTED.
const DATE_ENDS: Words = Words("date datum time dttm");
/// Words of what people wrote, and of where they live.
const WRITTEN: Words = Words(
    "desc description memo nm name ustrd text inf info comment note adr title address addr street \
     city town narrative remark remarks strasse straße ort bezeichnung beschreibung verwendungszweck \
     adresse rue ville nom libelle libellé nombre descripcion descripción direccion dirección calle \
     nome descricao descrição indirizzo via endereco rua opis nazwa ulica",
);
/// Names that say nothing of the value: what stands above them does.
const HOLDERS: Words = Words("value val v text content data");

/// The last word of a name in lower `snake_case`.
fn last_word(snake: &str) -> &str {
    snake.rsplit('_').next().unwrap_or_default()
}

/// The name that says what a value is: the last of a path, or the one above it where that says nothing.
pub(super) fn telling<'n>(path: &[&'n str]) -> &'n str {
    let telling = path.iter().rev().find(|name| !HOLDERS.has(&snake(name)));
    telling.or(path.last()).copied().unwrap_or_default()
}

fn last_identifies(snake: &str) -> bool {
    let last = last_word(snake);
    !NOT_LAST.has(last) && (GLUED.end(last) || LAST.has(last))
}

fn is_entity(word: &str) -> bool {
    ENTITIES.has(word) || ENTITY_ENDS.end(word) && !DISCOUNTS.end(word)
}

/// The last word says that it is a date, an account or the like, whatever the words before it say.
fn last_is_no_number(snake: &str) -> bool {
    let last = last_word(snake);
    let dated = DATES.has(last) || DATE_ENDS.end(last);
    last_identifies(snake) || dated || is_entity(last)
}

/// The name says that it identifies something: digits there are no number to calculate with.
pub(super) fn identifies(name: &str) -> bool {
    let name = snake(name);
    let coded = CODES.are_in(&name)
        || name.split('_').any(is_entity)
        || CODE_PARTS.all().any(|part| name.contains(part));
    !counted(&name) && (last_identifies(&name) || coded && !measured(last_word(&name)))
}

/// The name says that it tells one record from another.
pub(super) fn tells_records_apart(name: &str) -> bool {
    let name = snake(name);
    let last = last_word(&name);
    let shared = CODES.are_in(&name) || matches!(last, "cd" | "kod" | "код") || SHARED.end(last);
    let counts = ORDINALS.has(last) && !WRITTEN.are_in(&name);
    !counted(&name) && !shared && (last_identifies(&name) || counts)
}

/// The name says that people wrote it.
pub(super) fn is_written(name: &str) -> bool {
    WRITTEN.are_in(&snake(name))
}

/// The name says that it is an amount.
pub(super) fn is_amount(name: &str) -> bool {
    let name = snake(name);
    !last_is_no_number(&name) && name.split('_').any(measured)
}

/// The name of an amount in one language and of a security in another.
pub(super) fn is_amount_or_security(name: &str) -> bool {
    snake(name) == "valor"
}

fn measured(word: &str) -> bool {
    AMOUNTS.has(word) || GLUED_AMOUNTS.end(word)
}

/// The name says that it counts.
pub(super) fn is_count(name: &str) -> bool {
    counted(&snake(name))
}

fn counted(snake: &str) -> bool {
    COUNTS_OF.all().any(|begin| snake.starts_with(begin) || snake.contains(&format!("_{begin}")))
        || COUNTS.are_in(snake) && !last_is_no_number(snake)
}

/// The name says that it is a date or a time.
pub(super) fn is_date(name: &str) -> bool {
    let name = snake(name);
    DATES.are_in(&name) || DATE_ENDS.end(last_word(&name)) || name.starts_with("dt")
}

/// The name says which kind of thing something is: its codes are no sign.
pub(super) fn is_type(name: &str) -> bool {
    let name = snake(name);
    let last = last_word(&name);
    Words("type typ").end(last) || Words("tp kind art tipo class category").has(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_known_in_many_languages() {
        for name in [
            "FITID",
            "AcctSvcrRef",
            "cusip",
            "BIC",
            "OrderNum",
            "CUSTREF",
            "PLZ",
            "postcode",
            "CEP",
            "CNPJ",
            "Telefone",
            "telefonnummer",
            "TaxID",
            "VATNumber",
            "VATRegistrationNumber",
            "fiscalCode",
            "CodiceFiscale",
            "Kundennummer",
            "número",
            "PstCd",
            "zipCode",
            "account_no",
            "account",
            "Gegenkonto",
            "kunde",
            "debitAccount",
            "costCenter",
            "nominalAccount",
            "policy",
            "clause",
            "hesap",
        ] {
            assert!(identifies(name), "{name}");
        }
        for name in [
            "amount",
            "line",
            "NbOfTxs",
            "TaxAmount",
            "bid",
            "NumberOfShares",
            "rate",
            "Paid",
            "Skonto",
            "accountBalance",
            "customerCount",
        ] {
            assert!(!identifies(name), "{name}");
        }
    }

    #[test]
    fn records_are_told_apart_by_references_and_ordinals() {
        for name in ["FITID", "LineSeq", "TxNo", "nItem", "uid", "chave", "LineID"] {
            assert!(tells_records_apart(name), "{name}");
        }
        for name in ["href", "BIC", "Ccy", "FirstAddressLine", "AdrLine", "PostalCode", "NbOfTxs", "Country"]
        {
            assert!(!tells_records_apart(name), "{name}");
        }
    }

    #[test]
    fn amounts_counts_dates_and_types_are_known_by_a_word() {
        for name in ["TxAmt", "TRNAMT", "fx_rate", "Betrag", "TaxAmount", "strikePrice"] {
            assert!(is_amount(name), "{name}");
        }
        for name in ["TAXRATES", "TaxID", "valueDate", "balanceDt", "costCenter", "interestAccount"] {
            assert!(!is_amount(name), "{name}");
        }
        assert!(is_count("countryCount") && !is_count("nominalAccount") && !is_count("sharesDate"));
        assert!(is_count("NbOfTxs") && is_count("quantity") && !is_count("QuantityId"));
        assert!(is_date("DTPOSTED") && is_date("BookgDt") && is_date("tradeDate") && !is_date("amount"));
        assert!(is_type("TRNTYPE") && is_type("transactionType") && is_type("Tp") && !is_type("CdtDbtInd"));
        assert_eq!(telling(&["transactionShares", "value"]), "transactionShares");
    }
}
