//! Making, listing and revoking the tokens that auditors read records with.

use consentry_api::token::TokenGrant;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::args::{TokenCreate, TokenList, TokenRevoke};
use crate::client::{self, Client};
use crate::failure::Failure;
use crate::table::print;

/// Makes a token. The token alone goes to standard output, so that a script can keep it; what belongs to it to standard error.
pub fn create(args: &TokenCreate) -> Result<(), Failure> {
    let client = Client::new(&args.remote, Some(&args.operator.token))?;
    let body = serde_json::to_vec(&request(args)).unwrap_or_default();
    let grant: TokenGrant =
        client::json(client.send("POST", &client.of_site(&args.site, "tokens"), Some(body))?)?;
    if args.json {
        println!("{}", serde_json::to_string(&grant).unwrap_or_default());
    } else {
        eprintln!(
            "Token {} of {} opens the records of {} until {}.",
            grant.id, args.name, args.site, grant.expires
        );
        eprintln!("It is not shown again:");
        println!("{}", grant.token);
    }
    Ok(())
}

/// What is asked for: limits only where there are any, so that a service without them understands the rest.
fn request(args: &TokenCreate) -> Value {
    let mut request = json!({ "name": args.name, "days": args.days });
    let formats = (!args.formats.is_empty()).then(|| json!(args.formats));
    let limits = [
        ("from", args.from.as_ref().map(|from| json!(from))),
        ("to", args.to.as_ref().map(|to| json!(to))),
        ("fields", args.without_visitors.then(|| json!("non_personal"))),
        ("formats", formats),
    ];
    if let Some(request) = request.as_object_mut() {
        request.extend(limits.into_iter().filter_map(|(name, limit)| Some((name.into(), limit?))));
    }
    request
}

/// One line of the list. Only the identifier must be there: services of other versions say more or less of a token.
#[derive(Deserialize)]
#[serde(default)]
struct Listed {
    id: String,
    name: String,
    expires: String,
    revoked: bool,
    uses: u64,
    last_used: Option<String>,
    scope: Value,
}

impl Default for Listed {
    fn default() -> Self {
        let text = String::new;
        Self {
            id: text(),
            name: text(),
            expires: text(),
            revoked: false,
            uses: 0,
            last_used: None,
            scope: Value::Null,
        }
    }
}

/// The list, by itself or under its name.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Tokens { tokens: Vec<Listed> },
    Alone(Vec<Listed>),
}

/// Lists tokens, as a table or as the service says it.
pub fn list(args: &TokenList) -> Result<(), Failure> {
    let client = Client::new(&args.remote, Some(&args.operator.token))?;
    let answer = client::text(client.send("GET", &client.of_site(&args.site, "tokens"), None)?)?;
    let tokens = match client::of_json(&answer)? {
        Answer::Tokens { tokens } | Answer::Alone(tokens) => tokens,
    };
    if args.json {
        println!("{}", answer.trim_end());
        return Ok(());
    }
    let mut table = vec![["ID", "NAME", "STATE", "EXPIRES", "USES", "LAST USED", "SCOPE"].map(String::from)];
    table.extend(tokens.into_iter().map(|token| {
        let state = if token.revoked { "revoked" } else { "good" };
        let last = token.last_used.unwrap_or_else(|| "never".into());
        // A name is what somebody typed; it must not move the cursor.
        let name = token.name.replace(char::is_control, " ");
        [token.id, name, state.into(), token.expires, token.uses.to_string(), last, scope(&token.scope)]
    }));
    print(&table);
    Ok(())
}

/// What a token is limited to, in a few words.
fn scope(scope: &Value) -> String {
    let words = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    };
    let limits = scope.as_object().into_iter().flatten().filter(|(_, limit)| !limit.is_null());
    let mut limits: Vec<String> = limits.map(|(name, limit)| format!("{name}={}", words(limit))).collect();
    limits.sort();
    if limits.is_empty() { "everything".into() } else { limits.join(" ") }
}

/// Revokes a token.
pub fn revoke(args: &TokenRevoke) -> Result<(), Failure> {
    let client = Client::new(&args.remote, Some(&args.operator.token))?;
    client.send("DELETE", &client.of_site(&args.site, &format!("tokens/{}", args.id)), None)?;
    if args.json {
        println!("{}", json!({ "revoked": args.id }));
    } else {
        eprintln!("Token {} no longer opens anything.", args.id);
    }
    Ok(())
}
