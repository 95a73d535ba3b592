//! Dates such as `05/01/2024`: what they may mean.

use jiff::civil::Date;

/// The dates that a text of three numbers may mean, in the form of RFC 3339, each in backticks; `None` if it may mean none.
pub(super) fn meant(text: &str) -> Option<String> {
    let sign = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| "/.-".contains(*c))?;
    let parts: Vec<&str> = text.split(sign).collect();
    let &[first, second, third] = parts.as_slice() else { return None };
    let orders = match (first.len(), third.len()) {
        (4, 1 | 2) => vec![(first, second, third)],
        (1 | 2, 4) => vec![(third, second, first), (third, first, second)],
        _ => return None,
    };
    let mut dates: Vec<Date> = orders.into_iter().filter_map(date).collect();
    dates.sort_unstable();
    dates.dedup();
    let shown: Vec<String> = dates.iter().map(|date| format!("`{date}`")).collect();
    (!shown.is_empty()).then(|| shown.join(" or "))
}

/// The date, if its parts are numbers and it exists.
fn date((year, month, day): (&str, &str, &str)) -> Option<Date> {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if ![year, month, day].into_iter().all(is_number) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn both_orders_of_day_and_month_are_named() {
        assert_eq!(meant("05/01/2024").as_deref(), Some("`2024-01-05` or `2024-05-01`"));
        assert_eq!(meant("31.1.2024").as_deref(), Some("`2024-01-31`"));
        assert_eq!(meant("5/5/2024").as_deref(), Some("`2024-05-05`"));
        assert_eq!(meant("2024/1/5").as_deref(), Some("`2024-01-05`"));
        for text in ["", "2024", "1/2", "31/31/2024", "05/01/24", "05/x/2024", "05/01-2024", "+5/01/2024", "5/1/2024Z", "é/1/2024"] {
            assert_eq!(meant(text), None, "{text}");
        }
    }
}
