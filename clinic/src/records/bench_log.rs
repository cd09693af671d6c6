//! Lines by the thousand, for the benchmark of a long log. Compiled with the feature `trial` alone: no clinic can be filled so.

use wire::Timestamp;

use super::{
    activity_search,
    sql::{Sql, SqlError, values},
};

/// Between two lines: a million of them are almost six years.
const STEP_MILLIS: i64 = 180_000;

/// Writes so many lines after the newest one: of each account, on a dozen computers, every tenth a failed login.
pub fn fill(sql: &dyn Sql, lines: u32, now: Timestamp) -> Result<(), SqlError> {
    sql.run(
        "WITH RECURSIVE
             numbers (n) AS (SELECT seq + 1 FROM (SELECT MAX(seq) AS seq FROM activities)
                             UNION ALL SELECT n + 1 FROM numbers LIMIT ?1),
             people AS MATERIALIZED (SELECT ROW_NUMBER() OVER (ORDER BY id) - 1 AS place, id,
                                            first_name || ' ' || last_name AS name FROM accounts),
             many AS MATERIALIZED (SELECT COUNT(*) AS people FROM accounts)
         INSERT INTO activities
             (seq, at, action, user_is, user_id, user_name, by_is, by_id, by_name, computer, address, hash)
         SELECT n, ?2 + n * ?3,
                CASE WHEN n % 10 = 0 THEN 'login_failed' WHEN n % 499 = 0 THEN 'account_locked'
                     WHEN n % 3 = 0 THEN 'signed_out' ELSE 'login_succeeded' END,
                'account', id, name, 'account', id, name,
                'Reception ' || (n * 31 % 12), '192.0.2.' || (n * 17 % 40), zeroblob(32)
         FROM numbers CROSS JOIN many CROSS JOIN people ON place = n % many.people",
        values![lines, now, STEP_MILLIS],
    )?;
    activity_search::fold_new_texts(sql)
}
