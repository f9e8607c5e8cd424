//! URLs as Go's `net/url` takes them apart, as far as the path and the query of a request go.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::net::Ipv6Addr;

use crate::quote::Quoted;

/// `urlmaxqueryparams`: a query of more parameters is read as none at all.
const MAX_PARAMETERS: usize = 10_000;

/// A URL, taken apart. Displays as Go's `URL.String` does.
#[derive(Debug)]
pub(super) struct Url<'a> {
    scheme: String,
    authority: Option<&'a str>,
    raw_path: &'a str,
    path: String,
    query: Option<&'a str>,
    fragment: &'a str,
}

/// Why a text is no URL, in Go's words.
#[derive(Debug)]
pub(super) enum Problem {
    Words(Cow<'static, str>),
    NotUtf8,
}

impl From<&'static str> for Problem {
    fn from(words: &'static str) -> Self {
        Self::Words(words.into())
    }
}

impl<'a> Url<'a> {
    /// `url.Parse`: any URL, which may be relative, name a host, and end in a fragment.
    pub(super) fn parse(text: &'a str) -> Result<Self, Problem> {
        let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
        let url = Self::parse_without_fragment(text, false)?;
        unescape(fragment, false)?;
        Ok(Self { fragment, ..url })
    }

    /// `url.ParseRequestURI`: what an HTTP server gets, so a path or an absolute URL.
    pub(super) fn parse_target(text: &'a str) -> Result<Self, Problem> {
        if text.is_empty() {
            return Err("empty url".into());
        }
        Self::parse_without_fragment(text, true)
    }

    fn parse_without_fragment(text: &'a str, target: bool) -> Result<Self, Problem> {
        if text.bytes().any(|byte| byte.is_ascii_control()) {
            return Err("net/url: invalid control character in URL".into());
        }
        let (scheme, rest) = split_scheme(text)?;
        let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
        let url = Self {
            scheme: scheme.to_ascii_lowercase(),
            authority: None,
            raw_path: rest,
            path: String::new(),
            query,
            fragment: "",
        };
        if !rest.starts_with('/') && text != "*" {
            match (scheme.is_empty(), target) {
                (false, _) => return Ok(url),
                (true, true) => return Err("invalid URI for request".into()),
                (true, false) if rest.split('/').next().is_some_and(|segment| segment.contains(':')) => {
                    return Err("first path segment in URL cannot contain colon".into());
                }
                (true, false) => {}
            }
        }
        url.with_authority(target)?.with_path()
    }

    fn with_authority(self, target: bool) -> Result<Self, Problem> {
        let may_have_one = !self.scheme.is_empty() || (!target && !self.raw_path.starts_with("///"));
        let Some(rest) = self.raw_path.strip_prefix("//").filter(|_| may_have_one) else {
            return Ok(self);
        };
        let (authority, raw_path) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
        check_authority(&self.scheme, authority)?;
        Ok(Self { authority: Some(authority), raw_path, ..self })
    }

    fn with_path(self) -> Result<Self, Problem> {
        let bytes = unescape(self.raw_path, false)?;
        let path = String::from_utf8(bytes).map_err(|_| Problem::NotUtf8)?;
        Ok(Self { path, ..self })
    }

    /// The path, decoded.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The parameters of the query, decoded, in order (`URL.Query`). What cannot be decoded, or holds a `;`, is passed over.
    pub(super) fn parameters(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let query = self.query.unwrap_or_default();
        if query.bytes().filter(|byte| *byte == b'&').count() >= MAX_PARAMETERS {
            return Vec::new();
        }
        let parameters = query.split('&').filter(|parameter| !parameter.is_empty() && !parameter.contains(';'));
        parameters
            .filter_map(|parameter| {
                let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
                Some((unescape(key, true).ok()?, unescape(value, true).ok()?))
            })
            .collect()
    }
}

impl fmt::Display for Url<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.scheme.is_empty() {
            write!(f, "{}:", self.scheme)?;
        }
        if let Some(authority) = self.authority {
            write!(f, "//{authority}")?;
        }
        write_escaped(f, self.raw_path, self.path.as_bytes(), b"-_.~$&+,/:;=@")?;
        if let Some(query) = self.query {
            write!(f, "?{query}")?;
        }
        if self.fragment.is_empty() {
            return Ok(());
        }
        f.write_char('#')?;
        write_escaped(f, self.fragment, &unescape(self.fragment, false).unwrap_or_default(), b"-_.~$&+,/:;=@?!()*")
    }
}

/// `EscapedPath`: as it came, if that is a valid encoding; else encoded anew.
fn write_escaped(f: &mut fmt::Formatter<'_>, raw: &str, decoded: &[u8], kept: &[u8]) -> fmt::Result {
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || kept.contains(&byte) || b"!$&'()*+,;=:@[]%".contains(&byte);
    if raw.bytes().all(valid) {
        return f.write_str(raw);
    }
    for &byte in decoded {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            f.write_char(byte.into())?;
        } else {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

fn split_scheme(text: &str) -> Result<(&str, &str), Problem> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c));
    match end.and_then(|at| text.split_at_checked(at)) {
        Some(("", rest)) if rest.starts_with(':') => Err("missing protocol scheme".into()),
        Some((scheme, rest)) if scheme.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            Ok(rest.strip_prefix(':').map_or(("", text), |rest| (scheme, rest)))
        }
        _ => Ok(("", text)),
    }
}

/// `parseAuthority` and `parseHost`, which only have to say whether there is something wrong.
fn check_authority(scheme: &str, authority: &str) -> Result<(), Problem> {
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    if !user.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte)) {
        return Err("net/url: invalid userinfo".into());
    }
    unescape(user, false)?;
    match host.rfind('[') {
        Some(0) => check_ip_literal(host),
        Some(_) => Err("invalid IP-literal".into()),
        None => {
            let colon = if matches!(scheme, "http" | "https") { host.find(':') } else { host.rfind(':') };
            check_port(colon.and_then(|at| host.get(at..)).unwrap_or_default())?;
            check_host_characters(host)
        }
    }
}

fn check_ip_literal(host: &str) -> Result<(), Problem> {
    let Some((address, port)) = host.get(1..).and_then(|inside| inside.rsplit_once(']')) else {
        return Err("missing ']' in host".into());
    };
    check_port(port)?;
    let address = address.split("%25").next().unwrap_or_default();
    if address.parse::<Ipv6Addr>().is_ok() {
        return Ok(());
    }
    Err(Problem::Words(format!("invalid host: ParseAddr({}): unable to parse IP", Quoted(address)).into()))
}

fn check_port(port: &str) -> Result<(), Problem> {
    let digits = port.strip_prefix(':').unwrap_or(port);
    if port.is_empty() || (port.starts_with(':') && digits.bytes().all(|byte| byte.is_ascii_digit())) {
        return Ok(());
    }
    Err(Problem::Words(format!("invalid port {} after host", Quoted(port)).into()))
}

/// In a host only bytes outside ASCII, and `%` itself, may be percent-encoded.
fn check_host_characters(host: &str) -> Result<(), Problem> {
    let mut rest = host;
    while let Some(c) = rest.chars().next() {
        if c == '%' {
            let (escape, after) = escape_at(rest)?;
            if escape.byte < 0x80 && escape.text != "%25" {
                return Err(invalid_escape(escape.text.as_bytes()));
            }
            rest = after;
            continue;
        }
        if c.is_ascii() && !c.is_ascii_alphanumeric() && !"!\"$&'()*+,-.:;<=>[]_~".contains(c) {
            let mut buffer = [0; 4];
            let character = Quoted(c.encode_utf8(&mut buffer)).to_string();
            return Err(Problem::Words(format!("invalid character {character} in host name").into()));
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    Ok(())
}

struct Escape<'a> {
    text: &'a str,
    byte: u8,
}

/// The percent-encoded byte that the text begins with, and what follows it.
fn escape_at(text: &str) -> Result<(Escape<'_>, &str), Problem> {
    let invalid = || invalid_escape(text.as_bytes().get(..3).unwrap_or(text.as_bytes()));
    let (escape, after) = text.split_at_checked(3).ok_or_else(invalid)?;
    let digits =
        escape.strip_prefix('%').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())).ok_or_else(invalid)?;
    let byte = u8::from_str_radix(digits, 16).map_err(|_| invalid())?;
    Ok((Escape { text: escape, byte }, after))
}

fn invalid_escape(bytes: &[u8]) -> Problem {
    let mut words = "invalid URL escape \"".to_owned();
    for chunk in bytes.utf8_chunks() {
        words.push_str(Quoted(chunk.valid()).to_string().trim_start_matches('"').strip_suffix('"').unwrap_or_default());
        words.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    words.push('"');
    Problem::Words(words.into())
}

/// The key that the rest of a header's name stands for: in lower case, with its percent signs taken out, or left as it is if they are broken.
pub(crate) fn header_key(rest: &str) -> String {
    let key = rest.to_lowercase();
    path_unescape(&key).unwrap_or(key)
}

/// `PathUnescape`; `None` if the encoding is broken, or what comes out is not UTF-8.
fn path_unescape(text: &str) -> Option<String> {
    unescape(text, false).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}

/// `unescape`, of a part of a query (where `+` is a space) or of another part.
fn unescape(text: &str, query: bool) -> Result<Vec<u8>, Problem> {
    let plain = |byte| if query && byte == b'+' { b' ' } else { byte };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.find('%').and_then(|at| rest.split_at_checked(at)) {
        bytes.extend(before.bytes().map(plain));
        let (escape, after) = escape_at(from)?;
        bytes.push(escape.byte);
        rest = after;
    }
    bytes.extend(rest.bytes().map(plain));
    Ok(bytes)
}
