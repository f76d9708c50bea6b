//! Leaving out what changes no answer.

use super::Owner;
use super::rows::Row;
use crate::catalogue::Category;

/// Removes every row without which all addresses still have the owner they had; nobody's and `required` count as the same,
/// for neither is held. The rows must be sorted, the most specific first.
pub(super) fn prune(rows: &mut Vec<Row<'_>>) {
    let mut at = 0;
    while let Some(((pattern, owner), later)) = rows.get(at..).and_then(<[_]>::split_first) {
        // The first row behind that takes the address over decides. One with another owner that may take a part of it keeps this
        // row; one that takes all of it for the same owner makes it needless.
        let next = later.iter().find_map(|(other, its)| match its == owner {
            true => other.covers(pattern).then_some(true),
            false => (!other.is_apart_from(pattern)).then_some(false),
        });
        let needless = next.unwrap_or(*owner == Owner::Category(Category::Required.as_str()));
        match needless {
            true => drop(rows.remove(at)),
            false => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::pattern::Pattern;
    use super::*;

    fn left<'a>(rows: &[(&'a str, &'a str)]) -> Vec<&'a str> {
        let mut all: Vec<Row<'a>> =
            rows.iter().map(|(pattern, owner)| (Pattern::parse(pattern), Owner::Category(owner))).collect();
        all.sort_by_key(|(pattern, _)| pattern.rank());
        prune(&mut all);
        let is_left = |text: &&str| all.iter().any(|(pattern, _)| *pattern == Pattern::parse(text));
        rows.iter().map(|(text, _)| *text).filter(is_left).collect()
    }

    #[test]
    fn pattern_that_changes_no_answer_is_left_out() {
        assert_eq!(
            left(&[("*.a.example", "x"), ("cdn.a.example", "x"), ("b.a.example/p", "x")]),
            ["*.a.example"]
        );
        assert_eq!(left(&[("pay.example", "required"), ("*.pay.example/x", "required")]), [""; 0]);
    }

    #[test]
    fn exception_is_kept_and_so_is_the_exception_to_it() {
        let all = [("*.a.example", "x"), ("b.a.example", "required"), ("b.a.example/p", "x")];
        assert_eq!(left(&all), ["*.a.example", "b.a.example", "b.a.example/p"]);
        let other = [("*.a.example", "x"), ("b.a.example", "y"), ("b.a.example/p", "x")];
        assert_eq!(left(&other), ["*.a.example", "b.a.example", "b.a.example/p"]);
    }

    #[test]
    fn pattern_that_may_overlap_another_owners_is_kept() {
        let all = [("a.example/*/x", "x"), ("a.example/y", "y"), ("a.example", "x")];
        assert_eq!(left(&all), ["a.example/*/x", "a.example/y", "a.example"]);
        let apart = [("a.example/z/x", "x"), ("a.example/y", "y"), ("a.example", "x")];
        assert_eq!(left(&apart), ["a.example/y", "a.example"]);
    }
}
