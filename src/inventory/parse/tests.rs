use super::*;
use proptest::prelude::*;

type Seen = Vec<(i32, Result<String, Reason>)>;

fn read_in(pieces: usize, format: CardFormat, bytes: &[u8]) -> Result<Vec<Line>, Reason> {
    let (mut parser, mut lines) = (Parser::new(format), Vec::new());
    for piece in bytes.chunks(pieces.max(1)) {
        parser.feed(piece, &mut lines)?;
    }
    parser.end(&mut lines)?;
    Ok(lines)
}

fn seen(lines: Vec<Line>) -> Seen {
    let text = |card: Parsed| format!("{}|{:?}|{:?}", card.secret.secret(), card.cost, card.note);
    lines.into_iter().map(|line| (line.number, line.card.map(text))).collect()
}

fn lines(bytes: impl AsRef<[u8]>) -> Vec<(i32, Result<String, Reason>)> {
    let read = read_in(usize::MAX, CardFormat::Lines, bytes.as_ref()).unwrap();
    read.into_iter()
        .map(|line| (line.number, line.card.map(|card| card.secret.secret().to_owned())))
        .collect()
}

fn csv(bytes: impl AsRef<[u8]>) -> Result<Vec<Line>, Reason> {
    read_in(usize::MAX, CardFormat::Csv, bytes.as_ref())
}

fn csv_lines(bytes: impl AsRef<[u8]>) -> Seen {
    seen(csv(bytes).unwrap())
}

fn plain(secret: &str) -> String {
    format!("{secret}|None|None")
}

#[test]
fn lines_end_as_they_like_and_blank_ones_are_none() {
    let want = vec![(1, Ok("AAA".into())), (3, Ok("B B".into())), (5, Ok("CCC".into()))];
    assert_eq!(lines("AAA\n\n B B \n\t\nCCC"), want);
    assert_eq!(lines("AAA\r\n\r\nB B\r\n  \r\nCCC\r\n"), want);
    assert_eq!(lines("\u{feff}AAA\n\nB B\n\nCCC\n\n\n"), want);
    assert_eq!(lines(""), vec![]);
    assert_eq!(lines("\u{feff}"), vec![]);
    assert_eq!(lines("\n\r\n  \n"), vec![]);
    assert_eq!(lines("\"AAA\n\"B"), vec![(1, Ok("\"AAA".into())), (2, Ok("\"B".into()))]);
}

#[test]
fn gbk_is_read_and_a_damaged_line_is_reported() {
    let (gbk, _, _) = encoding_rs::GBK.encode("卡密-001\n激活码-002\nABC\n");
    let want = vec![(1, Ok("卡密-001".into())), (2, Ok("激活码-002".into())), (3, Ok("ABC".into()))];
    assert_eq!(lines(&gbk), want);
    assert_eq!(lines("卡密-001\n激活码-002\nABC\n"), want);
    // Once a file is UTF-8, what is not is damage, though it might pass as GBK.
    let mut damaged = "卡密\n".as_bytes().to_vec();
    damaged.extend_from_slice(&[0xbf, 0xa8, b'\n']);
    assert_eq!(lines(&damaged), vec![(1, Ok("卡密".into())), (2, Err("is not valid UTF-8"))]);
    assert_eq!(lines(b"AAA\n\xff\xff\xff\nBBB")[1], (2, Err("is neither valid UTF-8 nor valid GBK")));
    // With its mark, it is UTF-8 from the first line.
    assert_eq!(lines(b"\xef\xbb\xbfAAA\n\xbf\xa8\n")[1], (2, Err("is not valid UTF-8")));
    let utf16 = read_in(3, CardFormat::Lines, b"\xff\xfeA\0B\0\n\0").err();
    assert_eq!(utf16, Some("is UTF-16; save it as UTF-8"));
}

#[test]
fn a_line_too_long_is_one_problem_and_the_next_is_read() {
    let long = "x".repeat(5_000_000);
    let got = lines(format!("AAA\n{long}\nBBB"));
    assert_eq!(
        got,
        vec![(1, Ok("AAA".into())), (2, Err("is longer than 16384 bytes")), (3, Ok("BBB".into()))]
    );
    assert_eq!(lines(format!("{}\nB", "y".repeat(4097)))[0].1, Err("the secret is longer than 4096 bytes"));
    assert_eq!(lines(&long), vec![(1, Err("is longer than 16384 bytes"))]);
}

#[test]
fn columns_stand_in_any_order() {
    let got = csv_lines(
        "Cost, NOTE ,Secret\r\n1.5,\"a, \"\"b\"\"\",K-1\r\n,,K-2\r\n\r\n0,x\r\n2,,K-3,,\r\n2,,K-4,z\r\n",
    );
    assert_eq!(
        got,
        vec![
            (2, Ok("K-1|Some(1500000)|Some(\"a, \\\"b\\\"\")".into())),
            (3, Ok(plain("K-2"))),
            (5, Err("has no secret")),
            (6, Ok("K-3|Some(2000000)|None".into())),
            (7, Err("has more cells than the first row has columns")),
        ]
    );
    let mut got =
        csv("\u{feff}\"secret\",number,password,expires_at\n\"two\nlines\",12,pw,2027-01-31\nB\n").unwrap();
    assert_eq!(got[1].number, 4);
    let first = got.remove(0).card.ok().unwrap().secret;
    assert_eq!((first.secret(), first.number(), first.password()), ("two\nlines", Some("12"), Some("pw")));
    assert_eq!(first.expires_at().unwrap().to_rfc3339(), "2027-01-31T23:59:59+00:00");
}

#[test]
fn a_head_that_names_no_columns_fails_the_file_and_repeats_nothing() {
    for head in
        ["CANARY-1234\nB", "secret,CANARY\nA,B", "number\n1", "secret;number\nA;1", "secret,\nA,", "\"secret"]
    {
        assert!(csv(head).err().is_some_and(|reason| !reason.contains("CANARY")), "{head}");
    }
    assert_eq!(csv("secret,Secret\nA,B").err(), Some("names a column twice"));
    assert!(csv("secret\n").unwrap().is_empty());
    assert!(csv("").unwrap().is_empty());
}

#[test]
fn a_quote_that_is_not_closed_costs_one_line() {
    let want = vec![(2, Err("has a quote that is not closed")), (3, Ok(plain("B"))), (4, Ok(plain("C")))];
    assert_eq!(csv_lines("secret\n\"A\nB\nC\n"), want);
    let more = (0..5000).map(|n| format!("K{n}\n")).collect::<Vec<_>>().concat();
    let got = csv_lines(format!("secret\n\"A\n{more}"));
    assert_eq!(got.len(), 5001);
    assert_eq!((&got[0], &got[5000]), (&want[0], &(5002, Ok(plain("K4999")))));
    assert_eq!(csv_lines("secret\n5\" nail\nB"), vec![(2, Ok(plain("5\" nail"))), (3, Ok(plain("B")))]);
}

#[test]
fn dates_are_read_as_people_write_them() {
    for (text, want) in [
        ("2027-01-31T12:00:00+08:00", Some("2027-01-31T04:00:00+00:00")),
        ("2027-01-31 12:00:05", Some("2027-01-31T12:00:05+00:00")),
        ("2027/1/31 12:00", Some("2027-01-31T12:00:00+00:00")),
        ("2027/1/31", Some("2027-01-31T23:59:59+00:00")),
        ("31.1.2027", None),
        ("2027-02-30", None),
        ("+262142-01-01", None),
        ("0001-01-01", None),
        ("soon", None),
        ("", None),
    ] {
        assert_eq!(moment(text).map(|at| at.to_rfc3339()).as_deref(), want, "{text}");
    }
}

#[test]
fn other_cells_are_checked_too() {
    let reason = |row: &str| {
        let head = "secret,number,password,expires_at,cost,note";
        csv_lines(format!("{head}\n{row}\n")).remove(0).1.unwrap_err()
    };
    assert_eq!(reason("A,,,tomorrow,,"), "expires_at is not a date such as 2027-12-31");
    for cost in ["-1", "1e3", "NaN", "99999999999999999999", "1,5"] {
        assert_eq!(reason(&format!("A,,,,\"{cost}\",")), "cost is not an amount such as 12.50");
    }
    assert_eq!(reason(&format!("A,,,,,{}", "n".repeat(501))), "the note is longer than 500 characters");
    assert_eq!(reason("A,,,,,a\u{1}b"), "the note has control characters");
    assert_eq!(reason(&format!("A,{},,,,", "n".repeat(257))), "the number is longer than 256 bytes");
    assert_eq!(reason(&format!("A,,{},,,", "n".repeat(1025))), "the password is longer than 1024 bytes");
    assert_eq!(reason("A,1\u{202e}2,,,,"), "has control characters or invisible marks");
}

proptest! {
    // Resuming counts lines: they must not depend on how the bytes arrived.
    #[test]
    fn pieces_make_no_difference(
        bytes in proptest::collection::vec(prop_oneof![
            5 => any::<u8>(), 3 => Just(b'\n'), 2 => Just(b'"'), 2 => Just(b','), 1 => Just(b'\r'), 5 => Just(b'A')], 0..300),
        head in any::<bool>(), pieces in 1usize..9, long in 0usize..3,
    ) {
        let mut all = if head { b"secret,note\n".to_vec() } else { Vec::new() };
        all.extend_from_slice(&bytes);
        all.extend(std::iter::repeat_n(b'z', long * 9000));
        all.extend_from_slice(&bytes);
        for format in CardFormat::ALL {
            let whole = read_in(usize::MAX, *format, &all).map(seen);
            prop_assert_eq!(read_in(pieces, *format, &all).map(seen), whole);
        }
    }

    #[test]
    fn what_a_csv_writer_writes_is_read(rows in proptest::collection::vec(("[ -~\n一-龥]{1,20}", "[ -~一-龥]{0,20}"), 1..20)) {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(["note", "secret"]).unwrap();
        for (secret, note) in &rows {
            writer.write_record([note, secret]).unwrap();
        }
        let got = csv(writer.into_inner().unwrap()).unwrap();
        let want: Vec<_> = rows.iter().filter(|(secret, note)| !(secret.trim().is_empty() && note.trim().is_empty())).collect();
        // A row of white space alone may still be a row to CSV (quoted), where it has no secret.
        let got: Vec<_> = got.iter().filter(|line| line.card.is_ok()).collect();
        let want: Vec<_> = want.into_iter().filter(|(secret, _)| Secret::new(secret, None, None, None).is_ok()).collect();
        prop_assert_eq!(got.len(), want.len());
        for (line, (secret, _)) in got.iter().zip(want) {
            prop_assert_eq!(line.card.as_ref().ok().unwrap().secret.secret(), secret.trim());
        }
    }
}
