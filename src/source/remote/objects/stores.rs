//! Which store a feed's address is, and whose credentials open it: the feed's, then those that the store's own tools
//! would find.

use super::super::web;
use super::{profile::AwsProfile, service::Connector};
use crate::{
    error::{Code, Error, Result},
    feed::{Access, Secret},
};
use object_store::{
    BackoffConfig, ObjectStore, RetryConfig, StaticCredentialProvider,
    aws::{AmazonS3Builder, AmazonS3ConfigKey as Key, AwsCredential, S3CopyIfNotExists},
    azure::{AzureConfigKey, MicrosoftAzureBuilder},
    gcp::GoogleCloudStorageBuilder,
};
use std::{sync::Arc, time::Duration};
use url::Url;

/// The store behind `s3:`, `gs:` or `azblob:`.
///
/// # Errors
/// `Usage` where the way is open to others, `Fetch` where there are no usable credentials.
pub fn build(access: &Access, connector: &Connector) -> Result<Arc<dyn ObjectStore>> {
    if let Some(endpoint) = &access.endpoint {
        web::guard(endpoint, access.insecure)?;
    }
    // Azure finds the rest of half a login in its variables; elsewhere nobody knows what is meant.
    let (user, password) = (access.user.is_some(), access.password.is_some());
    if match access.url.scheme() {
        "s3" => user != password,
        "gs" => user,
        _ => false,
    } {
        return Err(unusable(access));
    }
    match access.url.scheme() {
        "gs" => gcs(access, connector),
        "azblob" => azure(access, connector),
        _ => s3(access, connector),
    }
}

/// Few attempts, and soon: whoever asks tries again by itself.
fn retries() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(1),
            base: 2.0,
        },
        max_retries: 2,
        retry_timeout: Duration::from_secs(30),
    }
}

fn bucket(access: &Access) -> &str {
    access.url.host_str().unwrap_or_default()
}

/// What the library says of settings that it cannot use. They are no secrets: those it does not repeat.
fn unusable(access: &Access) -> Error {
    let what = format!("the settings for {} cannot be used", web::shown(&access.url));
    Error::new(Code::StoreSettings, what)
}

fn s3(access: &Access, connector: &Connector) -> Result<Arc<dyn ObjectStore>> {
    let mut builder = AmazonS3Builder::from_env();
    let has = |builder: &AmazonS3Builder, key| builder.get_config_value(&key).is_some();
    let profile = AwsProfile::read()?;
    let from_profile = |key: &str| profile.as_ref().and_then(|profile| profile.get(key));
    if let (Some(user), Some(password)) = (&access.user, &access.password) {
        builder = builder.with_credentials(fixed(user, password.reveal(), None));
    } else if !has(&builder, Key::AccessKeyId) && !has(&builder, Key::WebIdentityTokenFile) {
        if let (Some(id), Some(secret)) =
            (from_profile("aws_access_key_id"), from_profile("aws_secret_access_key"))
        {
            builder = builder.with_credentials(fixed(id, secret, from_profile("aws_session_token")));
        } else if let (Some(file), Some(role)) =
            (from_profile("web_identity_token_file"), from_profile("role_arn"))
        {
            builder = builder.with_config(Key::WebIdentityTokenFile, file).with_config(Key::RoleArn, role);
        } else if let Some(profile) = &profile {
            profile.check()?;
        }
    }
    if let (false, Some(region)) = (has(&builder, Key::Region), from_profile("region")) {
        builder = builder.with_region(region);
    }
    let endpoint = access.endpoint.as_ref().map(|endpoint| endpoint.as_str().to_owned());
    let endpoint = endpoint
        .or_else(|| builder.get_config_value(&Key::S3Endpoint))
        .or_else(|| builder.get_config_value(&Key::Endpoint))
        .or_else(|| from_profile("endpoint_url").map(str::to_owned));
    builder = place(builder, access, endpoint.as_deref())?;
    let store = builder
        .with_bucket_name(bucket(access))
        .with_copy_if_not_exists(S3CopyIfNotExists::Header("if-none-match".to_owned(), "*".to_owned()))
        .with_disable_bulk_delete(true)
        .with_retry(retries())
        .with_http_connector(connector.clone())
        .build();
    Ok(Arc::new(store.map_err(|_| unusable(access))?))
}

fn fixed(id: &str, secret: &str, token: Option<&str>) -> Arc<StaticCredentialProvider<AwsCredential>> {
    Arc::new(StaticCredentialProvider::new(AwsCredential {
        key_id: id.to_owned(),
        secret_key: secret.to_owned(),
        token: token.map(str::to_owned),
    }))
}

/// Where S3 answers, and whether the bucket stands in the host's name: at AWS it does, unless its dots would make the
/// name another one than the certificate's; elsewhere only where the endpoint begins with it, or the environment says so.
fn place(builder: AmazonS3Builder, access: &Access, endpoint: Option<&str>) -> Result<AmazonS3Builder> {
    let bucket = bucket(access);
    let Some(endpoint) = endpoint else {
        return Ok(builder.with_virtual_hosted_style_request(!bucket.contains('.')));
    };
    let mut url = Url::parse(endpoint).map_err(|_| unusable(access))?;
    web::guard(&url, access.insecure)?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let named = host.strip_prefix(bucket).is_some_and(|rest| rest.starts_with('.'));
    let asked =
        builder.get_config_value(&Key::VirtualHostedStyleRequest).is_some_and(|value| value == "true");
    if asked && !named {
        url.set_host(Some(&format!("{bucket}.{host}"))).map_err(|_| unusable(access))?;
    }
    let endpoint = url.as_str().trim_end_matches('/');
    Ok(builder.with_config(Key::S3Endpoint, endpoint).with_virtual_hosted_style_request(named || asked))
}

/// `password` is the text of a service account's key.
fn gcs(access: &Access, connector: &Connector) -> Result<Arc<dyn ObjectStore>> {
    let mut builder = GoogleCloudStorageBuilder::from_env();
    if let Some(password) = &access.password {
        builder = builder.with_service_account_key(password.reveal());
    }
    if let Some(endpoint) = &access.endpoint {
        builder = builder.with_base_url(endpoint.as_str().trim_end_matches('/'));
    }
    let store = builder
        .with_bucket_name(bucket(access))
        .with_retry(retries())
        .with_http_connector(connector.clone())
        .build();
    Ok(Arc::new(store.map_err(|_| unusable(access))?))
}

/// `user` is the account; `password` its key, or the text of a shared access signature.
fn azure(access: &Access, connector: &Connector) -> Result<Arc<dyn ObjectStore>> {
    let mut builder = MicrosoftAzureBuilder::from_env();
    if let Some(user) = &access.user {
        builder = builder.with_account(user);
    }
    builder = match access.password.as_ref().map(Secret::reveal) {
        Some(signature) if signature.contains("sig=") => {
            builder.with_config(AzureConfigKey::SasKey, signature)
        }
        Some(key) => builder.with_access_key(key),
        None => builder,
    };
    if let Some(endpoint) = &access.endpoint {
        builder = builder.with_endpoint(endpoint.as_str().trim_end_matches('/').to_owned());
    }
    let store = builder
        .with_container_name(bucket(access))
        .with_retry(retries())
        .with_http_connector(connector.clone())
        .build();
    Ok(Arc::new(store.map_err(|_| unusable(access))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(url: &str) -> Access {
        Access {
            url: Url::parse(url).unwrap(),
            list: None,
            user: None,
            password: None,
            password_file: None,
            identity: None,
            host_keys: Vec::new(),
            endpoint: None,
            ca_file: None,
            insecure: false,
            timeout: Duration::from_secs(1),
        }
    }

    /// Where the bucket is asked for, and whether it stands in the host's name.
    fn placed(url: &str, endpoint: Option<&str>, asked: bool) -> (Option<String>, bool) {
        let builder = AmazonS3Builder::new().with_virtual_hosted_style_request(asked);
        let builder = place(builder, &access(url), endpoint).unwrap();
        let value = |key: Key| builder.get_config_value(&key);
        (value(Key::S3Endpoint), value(Key::VirtualHostedStyleRequest).as_deref() == Some("true"))
    }

    #[test]
    fn the_bucket_stands_in_the_host_s_name_where_it_can_and_the_endpoint_or_the_environment_says_so() {
        let at = |endpoint: &str| Some(endpoint.to_owned());
        assert_eq!(placed("s3://bank/in", None, false), (None, true));
        assert_eq!(placed("s3://bank.eu/in", None, false), (None, false));
        let plain = "https://s3.example.com";
        assert_eq!(placed("s3://bank/in", Some(plain), false), (at(plain), false));
        assert_eq!(placed("s3://bank/in", Some(plain), true), (at("https://bank.s3.example.com"), true));
        let named = "https://bank.s3.example.com/";
        assert_eq!(placed("s3://bank/in", Some(named), false), (at("https://bank.s3.example.com"), true));
        assert!(
            place(AmazonS3Builder::new(), &access("s3://bank/in"), Some("http://s3.example.com")).is_err()
        );
    }

    #[test]
    fn half_a_login_is_none() {
        let client = web::client(&access("s3://bank/in"), reqwest::redirect::Policy::none()).unwrap();
        let connector = Connector::new(client, false);
        for (url, user) in [("s3://bank/in", "key"), ("gs://bank/in", "somebody")] {
            let access = Access { user: Some(user.to_owned()), ..access(url) };
            assert_eq!(build(&access, &connector).unwrap_err().code(), Code::StoreSettings);
        }
    }
}
