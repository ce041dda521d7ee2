//! Profiles of AWS: the files that its own tools write, of which the library knows nothing.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>

use crate::error::{Code, Error, Result, printable};
use ini::{Ini, ParseOption};
use std::{
    collections::BTreeMap,
    env, fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

/// Ways to credentials that would start a program or open a browser, or ask for a role by the rights of another one.
const OTHER_WAYS: [&str; 6] = [
    "credential_process",
    "sso_session",
    "sso_start_url",
    "source_profile",
    "credential_source",
    "login_session",
];

/// What a profile says, by its own keys.
pub struct AwsProfile {
    name: String,
    values: BTreeMap<String, String>,
}

impl AwsProfile {
    /// The profile that `AWS_PROFILE` names, or `default`; none where nothing names one and there is no `default`.
    ///
    /// # Errors
    /// `Fetch` where a file cannot be read, or has no profile of the name that is asked for.
    pub fn read() -> Result<Option<Self>> {
        let asked = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]
            .into_iter()
            .find_map(|name| env::var(name).ok().filter(|name| !name.is_empty()));
        let name = asked.clone().unwrap_or_else(|| "default".to_owned());
        let mut values = BTreeMap::new();
        let mut found = section(&file("AWS_CONFIG_FILE", "config"), &config_section(&name), &mut values)?;
        found |= section(&file("AWS_SHARED_CREDENTIALS_FILE", "credentials"), &name, &mut values)?;
        if !found && asked.is_some() {
            let what = format!("there is no profile {} of AWS", printable(&name));
            return Err(Error::new(Code::ProfileUnusable, what));
        }
        Ok(found.then_some(Self { name, values }))
    }

    /// What it says of this key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// Refuses a profile whose credentials come in a way that this version does not go.
    ///
    /// # Errors
    /// `Fetch`, with the key.
    pub fn check(&self) -> Result<()> {
        let Some(key) = OTHER_WAYS.into_iter().find(|key| self.values.contains_key(*key)) else {
            return Ok(());
        };
        let what = format!("the profile {} of AWS gets its credentials by {key}", printable(&self.name));
        Err(Error::new(Code::ProfileUnusable, what))
    }
}

fn file(variable: &str, name: &str) -> PathBuf {
    env::var_os(variable)
        .map_or_else(|| env::home_dir().unwrap_or_default().join(".aws").join(name), PathBuf::from)
}

/// The file `config` calls every profile but `default` so.
fn config_section(name: &str) -> String {
    if name == "default" { name.to_owned() } else { format!("profile {name}") }
}

/// Adds the values of a file's section; whether there is one. A file that is not there has none.
fn section(path: &Path, name: &str, values: &mut BTreeMap<String, String>) -> Result<bool> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(false),
        Err(cause) => return Err(Error::machine("read", path, cause)),
    };
    let found = values_of(&text, name).map_err(|_| {
        let path = path.display().to_string();
        Error::new(Code::ProfileUnusable, format!("{} is not written as profiles are", printable(&path)))
    })?;
    values.extend(found.iter().flatten().cloned());
    Ok(found.is_some())
}

/// The values of a section, if it is there. What is wrong is not for messages: a line may hold a secret.
fn values_of(text: &str, name: &str) -> Result<Option<Vec<(String, String)>>, ini::ParseError> {
    // A secret may hold quotes and backslashes. Indented keys belong to the key above them.
    let options = ParseOption {
        enabled_quote: false,
        enabled_escape: false,
        enabled_preserve_key_leading_whitespace: true,
        ..ParseOption::default()
    };
    let ini = Ini::load_from_str_opt(text, options)?;
    let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    Ok(ini.section(Some(name)).map(|section| section.iter().map(owned).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_read_as_it_is_written() {
        let text = "# mine\n[default]\naws_access_key_id = A\naws_secret_access_key = a\"b\\c/d+e=f#g\n\
            s3 =\n  region = nested\n\n[profile bank]\nregion=eu-west-1\n";
        let values = values_of(text, "default").unwrap().unwrap();
        let get = |key: &str| values.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str());
        assert_eq!(get("aws_access_key_id"), Some("A"));
        assert_eq!(get("aws_secret_access_key"), Some("a\"b\\c/d+e=f#g"));
        assert_eq!(get("region"), None);
        let bank = values_of(text, &config_section("bank")).unwrap().unwrap();
        assert_eq!(bank, [("region".to_owned(), "eu-west-1".to_owned())]);
        assert_eq!(values_of(text, "other").unwrap(), None);
    }

    #[test]
    fn a_text_without_sections_is_no_file_of_profiles() {
        assert!(values_of("[default]\naws_access_key_id A\n", "default").is_err());
    }
}
