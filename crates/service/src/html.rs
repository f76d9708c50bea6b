//! HTML as short as every reader still understands it, for what travels with the gate.

/// Takes the quotes off attribute values that need none: words and most addresses (HTML, 13.1.2.3). Expects what our own
/// renderer writes: values in double quotes, and neither those nor `<` in them unescaped.
pub fn without_needless_quotes(html: &str) -> String {
    let mut short = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(tag) = rest.find('<') {
        let (text, from_tag) = rest.split_at(tag);
        short.push_str(text);
        rest = tag_without(from_tag, &mut short);
    }
    short.push_str(rest);
    short
}

/// Writes one tag, and returns what follows it.
fn tag_without<'a>(mut rest: &'a str, short: &mut String) -> &'a str {
    while let Some(at) = rest.find(['"', '>']) {
        let (before, from) = rest.split_at(at);
        short.push_str(before);
        let Some(value) = from.strip_prefix('"') else {
            short.push('>');
            return from.get(1..).unwrap_or_default();
        };
        let Some((value, after)) = value.split_once('"') else {
            rest = from;
            break;
        };
        let simple = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:".contains(&byte);
        if !value.is_empty() && value.bytes().all(simple) {
            short.push_str(value);
        } else {
            short.push('"');
            short.push_str(value);
            short.push('"');
        }
        rest = after;
    }
    short.push_str(rest);
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_gone_where_a_value_is_one_word_and_nowhere_else() {
        for (html, short) in [
            (
                r#"<a id="x" href="/p?a=b" hidden>"x" = "y"</a><form action="/a/">"#,
                r#"<a id=x href="/p?a=b" hidden>"x" = "y"</a><form action=/a/>"#,
            ),
            (
                r#"<p title="a > b" class="cy-button cy_2">a="b"</p>"#,
                r#"<p title="a > b" class="cy-button cy_2">a="b"</p>"#,
            ),
            (r#"<input value="" name="en">"#, r#"<input value="" name=en>"#),
            (r#"<i title="día"></i>"#, r#"<i title="día"></i>"#),
            ("plain \"words\"", "plain \"words\""),
            ("<i title=\"open", "<i title=\"open"),
            ("", ""),
        ] {
            assert_eq!(without_needless_quotes(html), short);
        }
    }
}
