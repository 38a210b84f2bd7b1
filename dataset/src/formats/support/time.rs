//! Dates as formats write them.

use chrono::{DateTime, NaiveDateTime};

/// Milliseconds since 1970-01-01 UTC of a date in ISO's form, with a zone or, for UTC, without.
pub(crate) fn parse_time(text: &str) -> Option<i64> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|time| time.timestamp_millis()).ok();
    zoned.or_else(|| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok().map(|time| time.and_utc().timestamp_millis()))
}

/// The date in ISO's form, in UTC without a zone; none beyond all calendars.
pub(crate) fn format_time(milliseconds: i64) -> Option<String> {
    Some(DateTime::from_timestamp_millis(milliseconds)?.format("%Y-%m-%dT%H:%M:%S%.3f").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_come_back() {
        for time in [0, 1, 999, 1_767_323_045_678, -1, 253_402_300_799_999] {
            assert_eq!(format_time(time).as_deref().and_then(parse_time), Some(time));
        }
        assert_eq!(format_time(i64::MAX), None);
        assert_eq!(parse_time("2026-01-02T03:04:05.678901"), Some(1_767_323_045_678));
        assert_eq!(parse_time("2026-01-02T04:04:05.678901+01:00"), Some(1_767_323_045_678));
        assert_eq!((parse_time("2026-01-02"), parse_time("")), (None, None));
    }
}
