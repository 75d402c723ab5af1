//! Addresses that people write into files.

/// Scheme and host of an address, with its port: who signs in and what is behind the host may be
/// secrets. `None` for a text without a scheme.
#[must_use]
pub fn host(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    Some(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn who_signs_in_and_what_is_behind_the_host_go() {
        let check = |address, wanted: Option<&str>| assert_eq!(host(address).as_deref(), wanted);
        check("https://a:key@models.test:8443/v1?token=1#x", Some("https://models.test:8443"));
        check("https://models.test", Some("https://models.test"));
        check("shop://signed-in?code=1", Some("shop://signed-in"));
        check("/signed-in", None);
    }
}
