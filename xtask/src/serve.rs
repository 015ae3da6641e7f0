//! A server for the site, for one's own machine only.

use std::fs;
use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use oxhttp::model::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS};
use oxhttp::model::{Body, Method, Request, Response, StatusCode};
use oxhttp::{ListeningServer, Server};

/// How many ports are tried, from the one asked for upwards.
const PORTS: u16 = 50;

/// Serves until the program is ended.
pub fn serve(site: &Path, port: u16, open: bool) -> Result<(), String> {
    let (server, free) = listen(site, port)?;
    if free != port {
        println!("Port {port} is taken; using {free}");
    }
    let address = format!("http://127.0.0.1:{free}/");
    println!("The lab is at {address} (Ctrl+C ends it)");
    if open && open::that_detached(&address).is_err() {
        println!("No browser could be opened; open the address by hand");
    }
    server.join().map_err(|error| format!("the server ended: {error}"))
}

/// Listens on the first free port from `port` on.
fn listen(site: &Path, port: u16) -> Result<(ListeningServer, u16), String> {
    for candidate in port..=port.saturating_add(PORTS) {
        let site = site.to_owned();
        let server = Server::new(move |request| answer(&site, request)).bind((Ipv4Addr::LOCALHOST, candidate));
        match server.spawn() {
            Ok(server) => return Ok((server, candidate)),
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => {
                return Err(format!("cannot listen on port {candidate}: {error}; name another with --port"));
            }
        }
    }
    Err(format!("no free port from {port} to {}; name another with --port", port.saturating_add(PORTS)))
}

fn answer(site: &Path, request: &Request<Body>) -> Response<Body> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "This server only answers GET and HEAD.\n");
    }
    let Some(path) = resolve(site, request.uri().path()) else {
        return plain(StatusCode::NOT_FOUND, "There is no such file.\n");
    };
    let Ok(bytes) = fs::read(&path) else {
        return plain(StatusCode::NOT_FOUND, "There is no such file.\n");
    };
    let tag = tag(&path, bytes.len());
    let known = request.headers().get(IF_NONE_MATCH).is_some_and(|sent| sent.as_bytes() == tag.as_bytes());
    let (status, bytes) = if known { (StatusCode::NOT_MODIFIED, Vec::new()) } else { (StatusCode::OK, bytes) };
    let response = Response::builder()
        .status(status)
        .header(CONTENT_TYPE, content_type(&path))
        // Asked for every time, sent again only when it changed.
        .header(CACHE_CONTROL, "no-cache")
        .header(ETAG, tag)
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff");
    let body = if request.method() == Method::HEAD { Body::empty() } else { Body::from(bytes) };
    response.body(body).unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR, "This file has an odd name.\n"))
}

/// The file behind a path. Names hold letters, digits and `-._` only and start with no dot, so nothing leads outside.
fn resolve(site: &Path, path: &str) -> Option<PathBuf> {
    let path = path.strip_prefix('/')?;
    let path = if path.is_empty() { "index.html" } else { path };
    let plain = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
    };
    if !path.split('/').all(plain) {
        return None;
    }
    let file = site.join(path);
    file.is_file().then_some(file)
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// Changes when the file does.
fn tag(path: &Path, length: usize) -> String {
    let modified = path.metadata().and_then(|data| data.modified()).ok();
    let nanos = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).map_or(0, |age| age.as_nanos());
    format!("\"{length:x}-{nanos:x}\"")
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpStream;

    fn site(name: &str) -> PathBuf {
        let site = std::env::temp_dir().join(format!("habit-serve-{name}-{}", std::process::id()));
        fs::create_dir_all(site.join("deep")).expect("temporary folder");
        fs::write(site.join("index.html"), "<p>hello").expect("temporary file");
        fs::write(site.join("deep/a.wasm"), "wasm").expect("temporary file");
        site
    }

    fn ask(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("connects");
        write!(stream, "{request}\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("sends");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("answers");
        text
    }

    #[test]
    fn nothing_leads_outside() {
        let site = site("outside");
        fs::write(site.join(".hidden"), "").expect("temporary file");
        assert_eq!(resolve(&site, "/"), Some(site.join("index.html")));
        assert_eq!(resolve(&site, "/deep/a.wasm"), Some(site.join("deep/a.wasm")));
        for path in
            ["/..", "/../secret", "/deep/../index.html", "/%2e%2e/x", "//index.html", "/.hidden", "/deep", "x", "/a\\b"]
        {
            assert_eq!(resolve(&site, path), None, "{path}");
        }
        fs::remove_dir_all(site).expect("removes");
    }

    #[test]
    fn answers_with_type_and_tag() {
        let site = site("answers");
        let (_server, port) = listen(&site, 28_080).expect("a free port");
        let page = ask(port, "GET / HTTP/1.1");
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("text/html") && page.ends_with("<p>hello"), "{page}");
        let tag = page.lines().find_map(|l| l.strip_prefix("etag: ")).expect("a tag").to_owned();
        let again = ask(port, &format!("GET / HTTP/1.1\r\nIf-None-Match: {tag}"));
        assert!(again.starts_with("HTTP/1.1 304"), "{again}");
        assert!(ask(port, "GET /deep/a.wasm HTTP/1.1").contains("application/wasm"));
        assert!(ask(port, "GET /../Cargo.toml HTTP/1.1").starts_with("HTTP/1.1 404"));
        assert!(ask(port, "POST / HTTP/1.1\r\nContent-Length: 0").starts_with("HTTP/1.1 405"));
        fs::remove_dir_all(site).expect("removes");
    }

    #[test]
    fn a_port_in_use_is_passed_over() {
        let site = site("port");
        let (_first, port) = listen(&site, 28_180).expect("a free port");
        let (_second, next) = listen(&site, port).expect("the next free port");
        assert!(next > port);
        fs::remove_dir_all(site).expect("removes");
    }
}
