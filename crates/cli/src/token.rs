//! Making and revoking the tokens that auditors read records with.

use consentry_api::token::{TokenGrant, TokenRequest};

use crate::args::{TokenCreate, TokenRevoke};
use crate::client::{self, Client};
use crate::failure::Failure;

/// Makes a token. The token alone goes to standard output, so that a script can keep it; what belongs to it to standard error.
pub fn create(args: &TokenCreate) -> Result<(), Failure> {
    let client = Client::new(&args.remote, Some(&args.operator.token))?;
    let request = TokenRequest { name: args.name.clone(), days: args.days };
    let body = serde_json::to_vec(&request)
        .map_err(|error| Failure::refused(error.to_string(), "use another name"))?;
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

/// Revokes a token.
pub fn revoke(args: &TokenRevoke) -> Result<(), Failure> {
    let client = Client::new(&args.remote, Some(&args.operator.token))?;
    client.send("DELETE", &client.of_site(&args.site, &format!("tokens/{}", args.id)), None)?;
    eprintln!("Token {} no longer opens anything.", args.id);
    Ok(())
}
