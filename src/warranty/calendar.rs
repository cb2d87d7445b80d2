//! When a desk works: weekly hours at a fixed distance from UTC, less holidays. Pure.

use crate::foundation::{Moment, No};
use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

/// One stretch of a week's working time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stretch {
    /// Monday is 1, Sunday 7.
    pub day: u32,
    /// Its first minute of the day.
    pub from: u32,
    /// The minute that it ends at, at most 1,440.
    pub to: u32,
}

/// When a desk works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Minutes east of UTC.
    pub offset_minutes: i32,
    /// The week, in order.
    pub hours: Vec<Stretch>,
    /// Days on which nobody works.
    pub holidays: Vec<NaiveDate>,
}

/// A week has at least so many minutes of work, so that a deadline is never years away.
const LEAST: u32 = 300;
/// The most stretches and holidays.
const MOST: usize = 100;
/// How far ahead a deadline is looked for.
const DAYS: i64 = 3_660;

impl Calendar {
    /// The calendar within bounds, its week in order.
    ///
    /// # Errors
    /// INVALID_INPUT with the place.
    pub fn checked(mut self) -> Result<Self, No> {
        if !(-720..=840).contains(&self.offset_minutes) {
            return Err(No::invalid("must be between -720 and 840", "utcOffsetMinutes"));
        }
        if self.hours.len() > MOST || self.holidays.len() > MOST {
            return Err(No::invalid("at most 100 stretches and 100 holidays", "hours"));
        }
        if self.hours.iter().any(|one| !(1..=7).contains(&one.day) || one.from >= one.to || one.to > 1_440) {
            return Err(No::invalid("a stretch is of a day 1 to 7, from a minute to a later one", "hours"));
        }
        if self.holidays.iter().any(|day| !(2_000..2_200).contains(&day.year())) {
            return Err(No::invalid("a holiday is between 2000 and 2199", "holidays"));
        }
        self.hours.sort_unstable_by_key(|one| (one.day, one.from));
        if self.hours.windows(2).any(|pair| pair[0].day == pair[1].day && pair[0].to > pair[1].from) {
            return Err(No::invalid("two stretches overlap", "hours"));
        }
        if self.hours.iter().map(|one| one.to - one.from).sum::<u32>() < LEAST {
            return Err(No::invalid("a week has at least 5 hours of work", "hours"));
        }
        self.holidays.sort_unstable();
        self.holidays.dedup();
        Ok(self)
    }

    // The working stretches from a moment on, day by day.
    fn stretches(&self, from: Moment) -> impl Iterator<Item = (Moment, Moment)> + '_ {
        let offset = Duration::minutes(i64::from(self.offset_minutes));
        let first = (from + offset).date_naive();
        let utc = move |day: NaiveDate, minute: u32| -> Moment {
            let start = DateTime::from_naive_utc_and_offset(day.and_time(NaiveTime::MIN), chrono::Utc);
            start + Duration::minutes(i64::from(minute)) - offset
        };
        (0..DAYS)
            .filter_map(move |ahead| first.checked_add_signed(Duration::days(ahead)))
            .filter(|day| self.holidays.binary_search(day).is_err())
            .flat_map(move |day| {
                let week_day = day.weekday().number_from_monday();
                let hours = self.hours.iter().filter(move |one| one.day == week_day);
                hours.map(move |one| (utc(day, one.from).max(from), utc(day, one.to)))
            })
            .filter(|(begin, end)| begin < end)
    }

    /// The moment by which so much working time has passed.
    pub fn after(&self, from: Moment, work: Duration) -> Moment {
        let mut left = work;
        let mut last = from;
        for (begin, end) in self.stretches(from) {
            if begin + left <= end {
                return begin + left;
            }
            left -= end - begin;
            last = end;
        }
        last
    }

    /// The working time between two moments.
    pub fn between(&self, from: Moment, to: Moment) -> Duration {
        self.stretches(from)
            .take_while(|(begin, _)| *begin < to)
            .fold(Duration::zero(), |sum, (begin, end)| sum + (end.min(to) - begin))
    }
}

crate::row! {
    /// A calendar as it is kept.
    pub struct Kept {
        /// Minutes east of UTC.
        pub offset_minutes: i32,
        /// The week.
        pub hours: sqlx::types::Json<Vec<Stretch>>,
        /// Days on which nobody works.
        pub holidays: Vec<NaiveDate>,
    }
}

impl From<Kept> for Calendar {
    fn from(kept: Kept) -> Self {
        Self { offset_minutes: kept.offset_minutes, hours: kept.hours.0, holidays: kept.holidays }
    }
}

/// The moment by which so much of a desk's time has passed; without a calendar it always works.
pub fn after(calendar: Option<&Calendar>, from: Moment, work: Duration) -> Moment {
    calendar.map_or_else(|| from + work, |calendar| calendar.after(from, work))
}

/// How much of a desk's time lies between two moments; none where the second is the first or before it.
pub fn between(calendar: Option<&Calendar>, from: Moment, to: Moment) -> Duration {
    calendar.map_or_else(|| to - from, |calendar| calendar.between(from, to)).max(Duration::zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    // Monday to Friday, 9:30 to 12:00 and 13:00 to 18:30, in China.
    fn office() -> Calendar {
        let hours = (1..=5)
            .flat_map(|day| [(day, 570, 720), (day, 780, 1_110)])
            .map(|(day, from, to)| Stretch { day, from, to })
            .collect();
        let holidays = vec![NaiveDate::from_ymd_opt(2026, 10, 1).unwrap()];
        Calendar { offset_minutes: 480, hours, holidays }.checked().unwrap()
    }

    #[test]
    fn only_working_time_counts() {
        let office = office();
        // Wednesday 23 September 2026, 10:00 in China.
        let morning = at("2026-09-23T02:00:00Z");
        assert_eq!(office.after(morning, Duration::hours(1)), at("2026-09-23T03:00:00Z"));
        assert_eq!(
            office.after(morning, Duration::hours(2)),
            at("2026-09-23T04:00:00Z"),
            "the end is inside"
        );
        assert_eq!(office.after(morning, Duration::hours(3)), at("2026-09-23T06:00:00Z"), "past noon");
        // Friday 18:00: half an hour is left, the rest is on Monday.
        let friday = at("2026-09-25T10:00:00Z");
        assert_eq!(office.after(friday, Duration::hours(1)), at("2026-09-28T02:00:00Z"));
        // A Sunday begins on Monday; the first of October is a holiday.
        assert_eq!(
            office.after(at("2026-09-27T03:00:00Z"), Duration::minutes(1)),
            at("2026-09-28T01:31:00Z")
        );
        let eve = at("2026-09-30T10:30:00Z");
        assert_eq!(office.after(eve, Duration::milliseconds(1)), at("2026-10-02T01:30:00.001Z"));
    }

    #[test]
    fn what_was_left_is_what_is_added_again() {
        let office = office();
        for (from, hours) in
            [("2026-09-23T02:00:00Z", 7), ("2026-09-25T10:00:00Z", 30), ("2026-09-27T03:00:00Z", 1)]
        {
            let (from, work) = (at(from), Duration::hours(hours));
            assert_eq!(office.between(from, office.after(from, work)), work);
        }
        assert_eq!(office.between(at("2026-09-27T03:00:00Z"), at("2026-09-27T09:00:00Z")), Duration::zero());
        assert_eq!(between(None, at("2026-09-27T03:00:00Z"), at("2026-09-27T02:00:00Z")), Duration::zero());
    }

    #[test]
    fn a_week_has_work_and_no_overlap() {
        let one = |day, from, to| Stretch { day, from, to };
        let check =
            |hours: Vec<Stretch>| Calendar { offset_minutes: 0, hours, holidays: vec![] }.checked().is_ok();
        assert!(check(vec![one(1, 0, 1_440)]));
        assert!(check(vec![one(2, 600, 900), one(1, 0, 300)]));
        for wrong in [
            vec![],
            vec![one(1, 0, 299)],
            vec![one(0, 0, 600)],
            vec![one(8, 0, 600)],
            vec![one(1, 600, 600)],
            vec![one(1, 0, 1_441)],
            vec![one(1, 0, 600), one(1, 599, 700)],
        ] {
            assert!(!check(wrong.clone()), "{wrong:?}");
        }
        let far = Calendar { offset_minutes: 841, hours: vec![one(1, 0, 600)], holidays: vec![] };
        assert!(far.checked().is_err());
    }
}
