use super::scripted::{Act, start};
use super::*;
use expect_test::{Expect, expect};
use peer::scripted::Peer;

const TOKEN: &str = "gho_made_for_this_test";

fn parcel() -> Parcel {
    Parcel {
        id: "20261121-090000-1a2b3c".to_owned(),
        description: "Proof of run".to_owned(),
        page: "<!doctype html>".to_owned(),
        envelope: "{}".to_owned(),
    }
}

fn answer(status: u16, headers: &str, body: Value) -> Act {
    Act::Answer { status, headers: headers.to_owned(), body }
}

fn gist(peer: &Peer) -> Destination {
    Destination::Gist { api: peer.url.clone(), is_public: false }
}

fn hosted(peer: &Peer) -> Destination {
    Destination::Hosted { url: peer.url.join("/proofs").expect("a URL") }
}

/// What comes of it, without the number of the port.
fn send(peer: &Peer, destination: &Destination) -> String {
    let limits = Limits { connect_ms: 1_000, whole_ms: 400 };
    let token = Token::new(TOKEN);
    let told = match publish(destination, &parcel(), Some(&token), limits) {
        Ok(it) => format!("published at {}", it.address.as_deref().unwrap_or("no address")),
        Err(error) => error.to_string(),
    };
    assert!(!told.contains(TOKEN), "{told}");
    told.replace(&format!(":{}", peer.url.port().expect("it has one")), ":PORT")
}

/// Both destinations, in this order.
fn check(act: Act, expect: Expect) {
    let mut out = String::new();
    for of in [gist, hosted] {
        let peer = start(act.clone());
        out += &format!("{}\n", send(&peer, &of(&peer)));
        assert_eq!(peer.heard().len(), 1, "it is sent once, and never again");
    }
    expect.assert_eq(&out);
}

#[test]
fn a_scripted_peer_hears_a_gist_as_github_documents_it() {
    let body = json!({ "id": "aa5a", "html_url": "https://gist.github.com/aa5a", "public": false });
    let peer = start(answer(201, "", body));
    assert_eq!(send(&peer, &gist(&peer)), "published at https://gist.github.com/aa5a");
    let heard = peer.heard().remove(0);
    for line in [
        "post /gists http/1.1",
        "accept: application/vnd.github+json",
        "x-github-api-version: 2022-11-28",
        "content-type: application/json",
        "authorization: bearer gho_made_for_this_test",
        concat!("user-agent: specwright/", env!("CARGO_PKG_VERSION")),
    ] {
        assert!(heard.head.lines().any(|it| it == line), "{line} in {}", heard.head);
    }
    expect![[r#"{"description":"Proof of run","public":false,"files":{"proof-20261121-090000-1a2b3c.html":{"content":"<!doctype html>"},"proof-20261121-090000-1a2b3c.json":{"content":"{}"}}}"#]]
        .assert_eq(&heard.body);
}

#[test]
fn a_scripted_peer_hears_a_hosted_page_as_the_guide_tells_it() {
    let peer = start(answer(200, "", json!({ "url": "https://proofs.example.com/7" })));
    assert_eq!(send(&peer, &hosted(&peer)), "published at https://proofs.example.com/7");
    let heard = peer.heard().remove(0);
    for line in [
        "post /proofs http/1.1",
        "content-type: text/html; charset=utf-8",
        "x-specwright-proof: 20261121-090000-1a2b3c",
        "authorization: bearer gho_made_for_this_test",
    ] {
        assert!(heard.head.lines().any(|it| it == line), "{line} in {}", heard.head);
    }
    assert_eq!(heard.body, "<!doctype html>");
}

#[test]
fn a_scripted_peer_that_knows_no_such_token() {
    check(
        answer(401, "", json!({ "message": "Bad credentials", "status": "401" })),
        expect![[r#"
            127.0.0.1:PORT does not accept the token (status 401); nothing was published
            127.0.0.1:PORT does not accept the token (status 401); nothing was published
        "#]],
    );
}

#[test]
fn a_scripted_peer_that_refuses_what_it_hears() {
    let error = json!({ "resource": "Gist", "code": "missing_field", "field": "files" });
    let message = format!("Validation Failed for {TOKEN}\u{1b}[31m");
    check(
        answer(422, "", json!({ "message": message, "errors": [error] })),
        expect![[r#"
            127.0.0.1:PORT refuses it with status 422: Validation Failed for [token][31m (files missing_field); nothing was published
            127.0.0.1:PORT refuses it with status 422: Validation Failed for [token][31m (files missing_field); nothing was published
        "#]],
    );
}

#[test]
fn a_scripted_peer_that_fails_or_never_answers_leaves_it_open() {
    check(
        answer(502, "", json!({})),
        expect![[r#"
            127.0.0.1:PORT failed with status 502: whether it was published is not known
            127.0.0.1:PORT failed with status 502: whether it was published is not known
        "#]],
    );
    check(
        Act::Silence,
        expect![[r#"
            127.0.0.1:PORT did not answer within 1 s: whether it was published is not known
            127.0.0.1:PORT did not answer within 1 s: whether it was published is not known
        "#]],
    );
    check(
        Act::HalfOpen,
        expect![[r#"
            127.0.0.1:PORT did not answer within 1 s: whether it was published is not known
            127.0.0.1:PORT did not answer within 1 s: whether it was published is not known
        "#]],
    );
    check(
        Act::Cut,
        expect![[r#"
            127.0.0.1:PORT says yes with status 201, and broke off: whether it was published is not known
            127.0.0.1:PORT says yes with status 201, and broke off: whether it was published is not known
        "#]],
    );
}

#[test]
fn a_scripted_peer_that_sends_on_to_elsewhere_is_not_followed() {
    let elsewhere = start(answer(201, "", json!({ "html_url": "https://evil.example" })));
    for status in [301, 302, 303, 307, 308] {
        let headers = format!("location: {}gists\r\n", elsewhere.url);
        let peer = start(answer(status, &headers, json!({})));
        for destination in [gist(&peer), hosted(&peer)] {
            let told = send(&peer, &destination);
            assert!(told.contains("where it was not asked to go; nothing was published"), "{told}");
        }
    }
    assert!(elsewhere.heard().is_empty(), "nothing goes there");
}

#[test]
fn a_scripted_peer_that_names_no_fit_address() {
    for body in [
        json!({}),
        json!({ "url": "javascript:alert(1)" }),
        json!({ "url": "not an address" }),
        json!({ "url": "https://a:b@example.com/" }),
    ] {
        let peer = start(answer(201, "", body));
        assert_eq!(send(&peer, &hosted(&peer)), "published at no address");
    }
}

#[test]
fn nobody_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    let url = Url::parse(&format!("http://127.0.0.1:{port}/")).expect("a URL");
    let error = publish(&Destination::Hosted { url }, &parcel(), None, Limits::default());
    let error = error.expect_err("nobody is there");
    assert!(matches!(error, PublishError::Unreachable { .. }), "{error}");
}

#[test]
fn pages_go_encrypted_or_nowhere() {
    let check =
        |url: &str| Destination::Hosted { url: Url::parse(url).expect("a URL") }.check().is_ok();
    assert!(check("https://proofs.example.com/") && check("http://127.0.0.1:1/"));
    assert!(!check("http://proofs.example.com/") && !check("http://127.0.0.1.example.com/"));
    assert!(!check("https://name:word@example.com/") && !check("file:///etc/passwd"));
}

#[test]
fn what_is_agreed_to_names_every_byte_and_the_place() {
    let url = |it: &str| Url::parse(it).expect("a URL");
    let gist = |is_public| Destination::Gist { api: url(GITHUB), is_public };
    let digest = parcel().digest(&gist(false));
    assert_eq!(digest, parcel().digest(&gist(false)));
    assert_ne!(digest, parcel().digest(&gist(true)));
    assert_ne!(digest, parcel().digest(&Destination::Hosted { url: url("https://a.example/") }));
    let other = Parcel { page: "<!doctype html> ".to_owned(), ..parcel() };
    assert_ne!(digest, other.digest(&gist(false)));
}
