//! When a desk works: weekly hours by the clock of its place, less holidays. Pure.

use crate::foundation::{Fault, Moment, No};
use chrono::{Datelike, Duration, LocalResult, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
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
    /// Whose clock it goes by.
    pub zone: Tz,
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
/// The longest time that a clock was ever put on by.
const SKIPPED: i64 = 24 * 60;

/// The zone of a name of the IANA's time zone database, such as Asia/Shanghai.
///
/// # Errors
/// INVALID_INPUT at `input.timeZone`.
pub fn zone(name: &str) -> Result<Tz, No> {
    name.parse().map_err(|_| No::invalid("must be an IANA time zone such as Asia/Shanghai", "timeZone"))
}

impl Calendar {
    /// The calendar within bounds, its week in order.
    ///
    /// # Errors
    /// INVALID_INPUT with the place.
    pub fn checked(mut self) -> Result<Self, No> {
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
        let first = from.with_timezone(&self.zone).date_naive();
        (0..DAYS)
            .filter_map(move |ahead| first.checked_add_signed(Duration::days(ahead)))
            .filter(|day| self.holidays.binary_search(day).is_err())
            .flat_map(move |day| {
                let week_day = day.weekday().number_from_monday();
                let hours = self.hours.iter().filter(move |one| one.day == week_day);
                hours.filter_map(move |one| {
                    Some((self.begin(day, one.from)?.max(from), self.end(day, one.to)?))
                })
            })
            .filter(|(begin, end)| begin < end)
    }

    // Where the clock is put back, what it shows twice begins the first time and ends the second: whoever is to work
    // from one to three works an hour more in that night.
    fn begin(&self, day: NaiveDate, minute: u32) -> Option<Moment> {
        self.shown(day, minute).map(|(first, _)| first)
    }

    fn end(&self, day: NaiveDate, minute: u32) -> Option<Moment> {
        self.shown(day, minute).map(|(_, last)| last)
    }

    // The first and the last moment at which the clock shows that. Where it is put on past it, both are the moment
    // at which it is: what lies in between is no time at all.
    fn shown(&self, day: NaiveDate, minute: u32) -> Option<(Moment, Moment)> {
        let wanted = day.and_time(NaiveTime::MIN) + Duration::minutes(i64::from(minute));
        let at = |ahead: i64| self.zone.from_local_datetime(&(wanted + Duration::minutes(ahead)));
        let found = (0..=SKIPPED).map(at).find(|found| *found != LocalResult::None)?;
        Some((found.earliest()?.with_timezone(&Utc), found.latest()?.with_timezone(&Utc)))
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
        /// Whose clock it goes by.
        pub time_zone: String,
        /// The week.
        pub hours: sqlx::types::Json<Vec<Stretch>>,
        /// Days on which nobody works.
        pub holidays: Vec<NaiveDate>,
    }
}

impl TryFrom<Kept> for Calendar {
    type Error = Fault;
    fn try_from(kept: Kept) -> Result<Self, Fault> {
        let zone = kept.time_zone.parse().map_err(|_| Fault::new("a calendar is kept in no time zone"))?;
        Ok(Self { zone, hours: kept.hours.0, holidays: kept.holidays })
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
        Calendar { zone: Tz::Asia__Shanghai, hours, holidays }.checked().unwrap()
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
            |hours: Vec<Stretch>| Calendar { zone: Tz::UTC, hours, holidays: vec![] }.checked().is_ok();
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
    }

    #[test]
    fn a_place_is_known_by_its_name() {
        assert_eq!(zone("Asia/Shanghai").unwrap(), Tz::Asia__Shanghai);
        for none in ["", "Shanghai", "+08:00", "Mars/Olympus", "asia/shanghai"] {
            assert!(zone(none).is_err(), "{none}");
        }
    }

    // The whole week from one minute to another, in Berlin.
    fn berlin(from: u32, to: u32) -> Calendar {
        let hours = (1..=7).map(|day| Stretch { day, from, to }).collect();
        Calendar { zone: Tz::Europe__Berlin, hours, holidays: vec![] }.checked().unwrap()
    }

    #[test]
    fn nine_in_the_morning_is_nine_by_the_clock_in_summer_and_in_winter() {
        let office = berlin(540, 1_020);
        // Saturday 28 March 2026 is at UTC+1, Sunday at UTC+2; on 25 October it is the other way round.
        let eve = at("2026-03-28T15:30:00Z");
        assert_eq!(office.after(eve, Duration::hours(1)), at("2026-03-29T07:30:00Z"));
        let eve = at("2026-10-24T14:30:00Z");
        assert_eq!(office.after(eve, Duration::hours(1)), at("2026-10-25T08:30:00Z"));
        let (from, work) = (at("2026-03-27T12:00:00Z"), Duration::hours(30));
        assert_eq!(office.between(from, office.after(from, work)), work);
    }

    #[test]
    fn a_night_that_is_shorter_or_longer_has_less_or_more_working_time() {
        let night = berlin(60, 240);
        let length = |day: &str| {
            let from = at(&format!("{day}T22:00:00Z"));
            night.between(from, from + Duration::hours(12)).num_minutes()
        };
        assert_eq!(length("2026-03-27"), 180);
        assert_eq!(length("2026-03-28"), 120, "from two to three there is no time");
        assert_eq!(length("2026-10-24"), 240, "from two to three there is twice the time");
        // What begins in the hour that there is not begins when it is over, and ends no earlier.
        let short = Calendar {
            zone: Tz::Europe__Berlin,
            hours: (1..=7).map(|day| Stretch { day, from: 130, to: 175 }).collect(),
            holidays: vec![],
        };
        let gone = at("2026-03-28T23:00:00Z");
        assert_eq!(short.between(gone, gone + Duration::hours(12)), Duration::zero());
        assert_eq!(short.after(gone, Duration::minutes(1)), at("2026-03-30T00:11:00Z"));
        // An island that left out a whole day.
        let apia = Calendar { zone: Tz::Pacific__Apia, ..berlin(0, 1_440) };
        let before = at("2011-12-29T10:00:00Z");
        assert_eq!(apia.between(before, before + Duration::hours(48)), Duration::hours(48));
    }
}
