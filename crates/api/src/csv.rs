//! The CSV form of exported entries: RFC 4180 with line feeds, safe to open in a spreadsheet.

use crate::export::ExportRow;

/// The columns, in order. The three built-in categories have columns of their own beside `categories`.
pub const CSV_COLUMNS: &str = "log,index,kind,redacted,record_id,subject_id,previous_record_id,site_id,server_time,\
client_time,late,attested_by,action,source,required,functional,advertising,categories,denied_services,gpc_header,gpc_dom,\
dnt_header,dnt_dom,signal_seen,overridden,jurisdiction,model,policy_version,policy_entry,policy_hash,language,valid_until,\
salt,commitment,entry,leaf_hash";

impl ExportRow<'_> {
    /// The CSV row, with its line end.
    pub fn to_csv(&self) -> String {
        let mut line = String::with_capacity(800);
        let flag = |value: Option<bool>| value.map_or("", |on| if on { "true" } else { "false" });
        let number = |value: Option<u64>| value.map(|number| number.to_string()).unwrap_or_default();
        let mut cell = |text: &str| {
            push_cell(&mut line, text);
            line.push(',');
        };
        cell(&self.log.to_string());
        cell(&self.index.to_string());
        for text in [&self.kind, &self.redacted, &self.record_id, &self.subject_id, &self.previous_record_id]
        {
            cell(text);
        }
        for text in [&self.site_id, &self.server_time, &self.client_time] {
            cell(text);
        }
        cell(flag(self.late));
        for text in [&self.attested_by, &self.action, &self.source] {
            cell(text);
        }
        for id in consentry_core::category::BUILT_IN {
            cell(flag(self.categories.get(id)));
        }
        let pairs: Vec<String> = self.categories.0.iter().map(|(id, on)| format!("{id}={on}")).collect();
        cell(&pairs.join(";"));
        cell(&self.denied_services.join(";"));
        for text in [&self.gpc_header, &self.gpc_dom, &self.dnt_header, &self.dnt_dom] {
            cell(text);
        }
        cell(flag(self.signal_seen));
        cell(flag(self.overridden));
        cell(&self.jurisdiction);
        cell(&self.model);
        cell(&number(self.policy_version.map(u64::from)));
        cell(&number(self.policy_entry));
        for text in [&self.policy_hash, &self.language, &self.valid_until, &self.salt, &self.commitment] {
            cell(text);
        }
        cell(&self.entry);
        push_cell(&mut line, &self.leaf_hash);
        line.push('\n');
        line
    }
}

/// A cell that no spreadsheet takes for a formula: `'` before `= + - @`, tab and line ends (OWASP CSV injection), then
/// RFC 4180 quoting. Hashes are over the canonical entry, never over this text.
fn push_cell(line: &mut String, text: &str) {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let quoted = text.contains(['"', ',', '\n', '\r']);
    if quoted {
        line.push('"');
    }
    if formula {
        line.push('\'');
    }
    if quoted {
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_cell_that_starts_a_formula_is_defused() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("a,b", "\"a,b\""),
            ("=\"x\"", "\"'=\"\"x\"\"\""),
            ("2026-11-21", "2026-11-21"),
        ] {
            let mut line = String::new();
            push_cell(&mut line, text);
            assert_eq!(line, cell);
        }
    }

    #[test]
    fn csv_row_has_a_cell_for_each_column() {
        let cells = |line: &str| line.split(',').count();
        assert_eq!(cells(&ExportRow::default().to_csv()), cells(CSV_COLUMNS));
    }
}
