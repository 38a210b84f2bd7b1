//! How numbers, times and sizes are written, everywhere the same. `labeling-ui/pages/lib/format.ts` writes them alike in the browser.
//!
//! Numbers are taken by value or by reference, because templates hand over both. No-break spaces group
//! thousands and stand before units, so a figure never breaks over two lines.

use std::borrow::Borrow;

/// Narrow no-break space, inside numbers and before a percent sign.
pub const THIN: char = '\u{202f}';

/// No-break space, before units that are words.
pub const SPACE: char = '\u{a0}';

/// A count with its thousands apart: `5 000`.
#[must_use]
pub fn count(n: impl Borrow<u64>) -> String {
    let n = *n.borrow();
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(THIN);
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 image`, `5 000 images`.
#[must_use]
pub fn counted(n: impl Borrow<u64>, one: &str, many: &str) -> String {
    let n = *n.borrow();
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// A share of 0 to 1 in whole percent: `54 %`. Only nothing is 0 % and only everything is 100 %.
#[must_use]
pub fn percent(share: impl Borrow<f64>) -> String {
    let share = *share.borrow();
    let percent = (share.clamp(0.0, 1.0) * 100.0).round();
    let percent = if percent >= 100.0 && share < 1.0 { 99.0 } else { percent };
    if percent == 0.0 && share > 0.0 { format!("<{THIN}1{THIN}%") } else { format!("{percent}{THIN}%") }
}

/// A figure of 0 to 1 with two decimals: `0.94`.
#[must_use]
pub fn figure(value: impl Borrow<f64>) -> String {
    let value = *value.borrow();
    format!("{value:.2}")
}

/// A figure with two decimals, or a dash where nothing was measured.
#[must_use]
pub fn figure_or_dash(value: impl Borrow<Option<f64>>) -> String {
    let value = *value.borrow();
    value.map_or_else(|| "–".into(), figure)
}

/// A share in percent, or a dash where nothing was measured.
#[must_use]
pub fn percent_or_dash(value: impl Borrow<Option<f64>>) -> String {
    let value = *value.borrow();
    value.map_or_else(|| "–".into(), percent)
}

/// A length of time in words, to two units: `48 s`, `12 min`, `3 h 10 min`, `61 h`.
#[must_use]
pub fn duration(seconds: impl Borrow<f64>) -> String {
    let seconds = *seconds.borrow();
    let seconds = if seconds.is_finite() { seconds.max(0.0).round() as u64 } else { 0 };
    let minutes = (seconds + 30) / 60;
    match seconds {
        0..=89 => format!("{seconds}{SPACE}s"),
        _ if minutes < 60 => format!("{minutes}{SPACE}min"),
        _ if minutes < 600 && !minutes.is_multiple_of(60) => format!("{}{SPACE}h{SPACE}{}{SPACE}min", minutes / 60, minutes % 60),
        _ => format!("{}{SPACE}h", count((minutes + 30) / 60)),
    }
}

/// A length of time, or a dash where nothing was measured.
#[must_use]
pub fn duration_or_dash(seconds: impl Borrow<Option<f64>>) -> String {
    let seconds = *seconds.borrow();
    seconds.map_or_else(|| "–".into(), duration)
}

/// A short length of time as on a clock: `1:42`, `1:02:05`.
#[must_use]
pub fn clock(seconds: impl Borrow<f64>) -> String {
    let seconds = *seconds.borrow();
    let s = if seconds.is_finite() { seconds.max(0.0).round() as u64 } else { 0 };
    if s < 3600 { format!("{}:{:02}", s / 60, s % 60) } else { format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60) }
}

/// A size in units of 1000, to two digits: `812 B`, `1.2 GB`, `48 MB`.
#[must_use]
pub fn bytes(n: impl Borrow<u64>) -> String {
    let n = *n.borrow();
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = n as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit > 0 && value < 9.95 { format!("{value:.1}{SPACE}{}", UNITS[unit]) } else { format!("{value:.0}{SPACE}{}", UNITS[unit]) }
}

/// How long ago something was: `just now`, `12 min ago`, `3 h ago`, then the day.
#[must_use]
pub fn ago(ms: i64, now_ms: i64) -> String {
    match (now_ms - ms) / 1000 {
        ..60 => "just now".into(),
        s @ 60..3600 => format!("{}{SPACE}min ago", s / 60),
        s @ 3600..172_800 => format!("{}{SPACE}h ago", s / 3600),
        s @ 172_800..1_209_600 => format!("{} days ago", s / 86_400),
        _ => day(ms),
    }
}

/// How long a lease still runs: `24 min left`, or that it ran out.
#[must_use]
pub fn left(until_ms: i64, now_ms: i64) -> String {
    match (until_ms - now_ms) / 1000 {
        ..=0 => "lease ran out".into(),
        s @ 1..60 => format!("{s}{SPACE}s left"),
        s => format!("{}{SPACE}min left", (s + 30) / 60),
    }
}

/// The day in UTC: `23 Nov 2026`.
#[must_use]
pub fn day(ms: i64) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day) = civil(ms.div_euclid(86_400_000));
    format!("{day} {} {year}", MONTHS[month - 1])
}

/// The moment as `2026-11-23T10:02:03Z`, for `<time datetime>`.
#[must_use]
pub fn iso(ms: impl Borrow<i64>) -> String {
    let ms = *ms.borrow();
    let (year, month, day) = civil(ms.div_euclid(86_400_000));
    let s = ms.rem_euclid(86_400_000) / 1000;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", s / 3600, s / 60 % 60, s % 60)
}

/// Days since 1970-01-01 as year, month (1 to 12) and day, after Howard Hinnant's "chrono-compatible low-level date algorithms".
fn civil(days: i64) -> (i64, usize, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month as usize, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: String) -> String {
        text.replace([THIN, SPACE], " ")
    }

    /// The browser's formats are tested against the same file.
    #[test]
    fn numbers_and_times_are_written_as_the_vectors_say() {
        let vectors: serde_json::Value = serde_json::from_str(include_str!("../pages/lib/format_vectors.json")).unwrap();
        let check = |name: &str, write: &dyn Fn(f64) -> String| {
            for pair in vectors[name].as_array().unwrap() {
                let value = pair[0].as_f64().unwrap();
                assert_eq!(plain(write(value)), pair[1].as_str().unwrap(), "{name}({value})");
            }
        };
        check("count", &|n| count(n as u64));
        check("percent", &|n| percent(n));
        check("duration", &|n| duration(n));
        check("bytes", &|n| bytes(n as u64));
        check("left", &|n| left(n as i64 * 1000, 0));
        assert_eq!(duration(f64::NAN), duration(0.0));
    }

    #[test]
    fn counted_and_clock_read_as_people_say_them() {
        assert_eq!(counted(1, "image", "images"), "1 image");
        assert_eq!(plain(counted(5000, "image", "images")), "5 000 images");
        assert_eq!(clock(102.4), "1:42");
        assert_eq!(clock(3725.0), "1:02:05");
    }

    #[test]
    fn moments_are_told_relative_to_now_and_as_dates() {
        let now = 1_795_471_323_000;
        assert_eq!(iso(now), "2026-11-23T22:02:03Z");
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(day(now), "23 Nov 2026");
        for (back, text) in [(5, "just now"), (720, "12 min ago"), (10_900, "3 h ago"), (259_200, "3 days ago"), (2_592_000, "24 Oct 2026")]
        {
            assert_eq!(plain(ago(now - back * 1000, now)), text);
        }
        assert_eq!(plain(left(now + 24 * 60_000, now)), "24 min left");
        assert_eq!(left(now - 1, now), "lease ran out");
    }

    #[test]
    fn nothing_measured_is_a_dash() {
        assert_eq!(figure_or_dash(None), "–");
        assert_eq!(figure_or_dash(Some(0.944)), "0.94");
        assert_eq!(percent_or_dash(None), "–");
        assert_eq!(duration_or_dash(None), "–");
    }
}
