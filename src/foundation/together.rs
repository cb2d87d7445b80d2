//! Several writing statements as one: what a transaction adds to many tables goes to the database at once.
//!
//! Each part is a branch of one `with`. So none of them sees what another writes; constraints and triggers of all
//! look at the end, when everything is there.

use super::{Conn, Fault, id::NetworkId};
use sqlx::{Arguments, AssertSqlSafe, Encode, Postgres, Row, Type, postgres::PgArguments};
use std::fmt::Write;

/// Parts of one statement, with their values.
pub struct Together {
    text: String,
    arguments: PgArguments,
    parts: usize,
    // Parts that must touch so many rows, and what is wrong where they do not.
    expected: Vec<(usize, u64, &'static str)>,
    wrong: Option<Fault>,
}

impl Together {
    /// Of nothing yet; every part knows the network as `$1`.
    pub fn of(network: NetworkId) -> Self {
        let none = PgArguments::default();
        let mut together =
            Self { text: String::new(), arguments: none, parts: 0, expected: Vec::new(), wrong: None };
        together.add(network);
        together
    }

    /// Adds an insert, update or delete without `returning`; its own values are `$2` and on, and are bound next.
    pub fn part(&mut self, sql: &str) -> Part<'_> {
        self.begin(sql);
        Part(self)
    }

    /// As [`part`](Self::part), for one that must touch so many rows; `otherwise` says what is wrong if not.
    pub fn part_of(&mut self, rows: usize, otherwise: &'static str, sql: &str) -> Part<'_> {
        self.expected.push((self.parts, rows as u64, otherwise));
        self.begin(sql);
        self.text.push_str(" returning 1");
        Part(self)
    }

    fn begin(&mut self, sql: &str) {
        self.text.push_str(if self.parts == 0 { "with " } else { "),\n" });
        // Writing to a string does not fail.
        let _ = write!(self.text, "p{} as (", self.parts);
        push_renumbered(&mut self.text, sql, self.arguments.len() - 1);
        self.parts += 1;
    }

    fn add<'t, T: Encode<'t, Postgres> + Type<Postgres>>(&mut self, value: T) {
        if let Err(why) = self.arguments.add(value) {
            self.wrong.get_or_insert_with(|| Fault::new(why.to_string()));
        }
    }

    /// Says it to the database; nothing where there are no parts.
    ///
    /// # Errors
    /// [`Fault`] when the database refuses, or a part did not touch the rows that it must.
    pub async fn run(self, db: &mut Conn) -> Result<(), Fault> {
        let Self { mut text, arguments, parts, expected, wrong } = self;
        if let Some(wrong) = wrong {
            return Err(wrong);
        }
        if parts == 0 {
            return Ok(());
        }
        text.push_str(")\nselect ");
        let counts: Vec<String> =
            expected.iter().map(|(part, ..)| format!("(select count(*) from p{part})")).collect();
        text.push_str(&counts.join(", "));
        let touched = sqlx::query_with(AssertSqlSafe(text), arguments).fetch_one(db).await?;
        for (column, (_, rows, otherwise)) in expected.into_iter().enumerate() {
            if u64::try_from(touched.try_get::<i64, _>(column)?) != Ok(rows) {
                return Err(Fault::new(otherwise));
            }
        }
        Ok(())
    }
}

/// A part whose values are bound.
pub struct Part<'a>(&'a mut Together);

impl Part<'_> {
    /// The next value.
    #[must_use = "a value is bound to something"]
    pub fn bind<'t, T: Encode<'t, Postgres> + Type<Postgres>>(self, value: T) -> Self {
        self.0.add(value);
        self
    }

    /// That was the last one.
    pub fn end(self) {}
}

// $1 stays, $2 is so many further on.
fn push_renumbered(text: &mut String, sql: &str, by: usize) {
    let mut pieces = sql.split('$');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let digits = piece.len() - piece.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = piece.split_at(digits);
        match number.parse::<usize>() {
            Ok(1) | Err(_) => _ = write!(text, "${number}"),
            Ok(number) => _ = write!(text, "${}", number + by),
        }
        text.push_str(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_has_values_of_its_own_and_the_network_is_everyones() {
        let mut together = Together::of(NetworkId::fresh());
        together.part("insert into a select $1, $2::int, $3::text").bind(1).bind("x").end();
        together.part_of(1, "none", "update b set c = $2 where network_id = $1 and d = $10").bind(2).end();
        assert_eq!(
            together.text,
            "with p0 as (insert into a select $1, $2::int, $3::text),\n\
             p1 as (update b set c = $4 where network_id = $1 and d = $12 returning 1"
        );
    }

    #[tokio::test]
    async fn a_part_that_touches_other_rows_than_it_must_is_a_fault() {
        use sqlx::{Connection, Executor, PgConnection};
        let owner = tokio::task::spawn_blocking(crate::foundation::testing::owner).await.unwrap();
        let mut db = PgConnection::connect_with(&owner).await.unwrap();
        db.execute("create temp table kept (network_id uuid, n int)").await.unwrap();
        let network = NetworkId::fresh();
        let add = |numbers: Vec<i32>| {
            let mut writes = Together::of(network);
            writes.part("insert into kept select $1, n from unnest($2::int[]) n").bind(numbers).end();
            writes
        };
        Together::of(network).run(&mut db).await.expect("nothing is nothing");
        add(vec![1, 2]).run(&mut db).await.unwrap();
        for (rows, right) in [(1, false), (2, true), (3, false)] {
            let mut writes = add(vec![3]);
            writes
                .part_of(rows, "lacking", "update kept set n = n + $2 where network_id = $1 and n < 3")
                .bind(0)
                .end();
            let done = writes.run(&mut db).await;
            assert_eq!(done.is_ok(), right, "{rows}");
            assert!(right || done.unwrap_err().to_string() == "lacking");
        }
    }
}
