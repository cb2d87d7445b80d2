//! T38 to T41: files that want to be run, to fill memory, to be somewhere else, or to be sent by nobody.

use super::{corpus, seen};
use crate::support::{Client, EVIDENCE_ADD, Server, Shop, UPLOAD_CREATE, announce, id};
use image::ImageFormat;
use serde_json::json;
use std::time::{Duration, Instant};

fn refused_files() -> Vec<(&'static str, Vec<u8>)> {
    let png = corpus::scene(64, 48, ImageFormat::Png);
    let jpeg = corpus::scene(64, 48, ImageFormat::Jpeg);
    let webp = corpus::scene(64, 48, ImageFormat::WebP);
    let film = corpus::film();
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    let text = |text: &str| text.as_bytes().to_vec();
    vec![
        ("svg.png", svg.to_vec()),
        ("bom.svg", [b"\xef\xbb\xbf\n ".as_slice(), svg].concat()),
        ("xml.svg", text("<?xml version=\"1.0\"?><svg><script>alert(1)</script></svg>")),
        ("page.html", text("<!DOCTYPE html><script>alert(1)</script>")),
        ("page.txt", text("hello\n<html><body onload=alert(1)>")),
        ("late.txt", text("a log\n<SCRIPT src=//evil.example></SCRIPT>")),
        ("php.txt", text("a <?php system($_GET[0]);")),
        ("run.sh", text("#!/bin/sh\nid\n")),
        ("mail.txt", text("MIME-Version: 1.0\nContent-Type: text/html\n\nx")),
        ("print.ps", text("%!PS-Adobe-3.0")),
        ("rich.rtf", text("{\\rtf1\\ansi}")),
        ("bomb.zip", corpus::bomb()),
        ("empty.zip", text("PK\x05\x06")),
        ("a.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec()),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04".to_vec()),
        ("a.rar", b"Rar!\x1a\x07\x01\0".to_vec()),
        ("a.exe", b"MZ\x90\0\x03\0\0\0".to_vec()),
        ("a.elf", b"\x7fELF\x02\x01\x01\0".to_vec()),
        ("a.class", b"\xca\xfe\xba\xbe\0\0\0\x34".to_vec()),
        ("a.wasm", b"\0asm\x01\0\0\0".to_vec()),
        ("a.gif", b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0".to_vec()),
        ("a.bmp", b"BM\x46\0\0\0\0\0\0\0".to_vec()),
        ("a.tiff", b"II*\0\x08\0\0\0".to_vec()),
        ("a.ico", b"\0\0\x01\0\x01\0".to_vec()),
        ("a.heic", corpus::atom(b"ftyp", b"heic\0\0\0\0")),
        ("a.avif", corpus::atom(b"ftyp", b"avif\0\0\0\0")),
        ("utf16.txt", b"\xff\xfea\0b\0".to_vec()),
        ("latin.txt", b"caf\xe9".to_vec()),
        ("nul.txt", b"a\0b".to_vec()),
        ("escape.txt", b"\x1b[2J\x1b]0;x\x07".to_vec()),
        ("blank.txt", b" \n\t ".to_vec()),
        ("cut.png", png[..png.len() / 2].to_vec()),
        ("cut.jpg", jpeg[..jpeg.len() / 8].to_vec()),
        ("cut.webp", webp[..webp.len() / 2].to_vec()),
        ("head.png", png[..8].to_vec()),
        ("head.jpg", jpeg[..3].to_vec()),
        ("head.webp", webp[..12].to_vec()),
        ("wide.png", corpus::flood(30_000, 30_000)),
        ("tall.png", corpus::flood(1, 4_000_000)),
        ("none.png", corpus::flood(0, 0)),
        ("most.png", corpus::flood(u32::MAX, u32::MAX)),
        ("many.png", corpus::flood(6_500, 6_500)),
        ("wide.jpg", corpus::flood_jpeg(65_000, 65_000)),
        ("cut.pdf", text("%PDF-1.7\n1 0 obj")),
        ("late.pdf", text("x%PDF-1.7\n%%EOF")),
        ("zip.pdf", [b"%PDF-1.7\n%%EOF\n".as_slice(), &corpus::bomb()[..900], b"PK\x05\x06"].concat()),
        ("cut.mp4", film[..film.len() - 2].to_vec()),
        ("zip.mp4", [film.clone(), corpus::bomb()].concat()),
        ("page.mp4", [film.clone(), b"<script>alert(1)</script>".to_vec()].concat()),
        ("endless.mp4", [corpus::atom(b"ftyp", b"isom\0\0\0\0"), b"\0\0\0\0moov".to_vec()].concat()),
        ("loop.mp4", [corpus::atom(b"ftyp", b"isom\0\0\0\0"), b"\0\0\0\0\0\0\0\0".to_vec()].concat()),
        ("over.mp4", [corpus::atom(b"ftyp", b"isom\0\0\0\0"), b"\xff\xff\xff\xffmoov".to_vec()].concat()),
    ]
}

fn taken_files() -> Vec<(&'static str, Vec<u8>)> {
    let after = |mut bytes: Vec<u8>, more: &[u8]| {
        bytes.extend_from_slice(more);
        bytes
    };
    let script = b"<script>alert(1)</script>";
    vec![
        ("polyglot.png", after(corpus::scene(64, 48, ImageFormat::Png), script)),
        ("polyglot.jpg", after(corpus::scene(64, 48, ImageFormat::Jpeg), &corpus::bomb())),
        ("polyglot.webp", corpus::scene(64, 48, ImageFormat::WebP)),
        ("secrets.png", corpus::png_with_secrets()),
        (
            "page.pdf",
            b"%PDF-1.7\n<script>alert(1)</script>\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>\n%%EOF\n"
                .to_vec(),
        ),
        ("film.html", corpus::film()),
        ("plain.html", b"a < b, and nothing to be run".to_vec()),
        ("link.txt", b"javascript:alert(1)\n=cmd|'/c calc'!A1\n".to_vec()),
    ]
}

#[tokio::test]
async fn nothing_hostile_is_taken_and_nothing_that_is_taken_is_more_than_a_file() {
    let shop = Shop::open().await;
    let (mei, delivery) = shop.sold().await;
    let claim = mei.claim(&delivery).await;
    let refused = refused_files();
    let all = refused.len() + taken_files().len();
    assert!(all >= 60, "{all} files");
    // More than one buyer's day holds.
    let (lan, other) = shop.sold().await;
    let others = lan.claim(&other).await;
    let mut wrong = Vec::new();
    for (at, (name, bytes)) in refused.into_iter().enumerate() {
        let (who, claim) = if at % 2 == 0 { (&mei, &claim) } else { (&lan, &others) };
        let (upload, url) = who.announce("claimId", claim, name, bytes.len()).await;
        let begun = Instant::now();
        let (status, answer) = who.put(&url, bytes).await;
        if (status, &answer["code"]) != (422, &json!("UNSUPPORTED_FILE"))
            || begun.elapsed() > Duration::from_secs(5)
        {
            wrong.push(format!("{name}: {status} {answer} in {:?}", begun.elapsed()));
        }
        let add = json!({"i": {"claimId": claim, "uploadIds": [upload]}});
        assert_eq!(who.refused(EVIDENCE_ADD, add).await, ["INVALID_TRANSITION"], "{name}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(seen(&mei, &claim).await.len(), 0);
    for (name, bytes) in taken_files() {
        let upload = mei.sent("claimId", &claim, name, bytes).await;
        mei.done(EVIDENCE_ADD, json!({"i": {"claimId": claim, "uploadIds": [upload]}})).await;
    }
    for file in seen(&shop.operator, &claim).await {
        let (status, headers, bytes) = mei.fetch(file["downloadUrl"].as_str().unwrap()).await;
        assert_eq!(status, 200);
        corpus::assert_saved(&headers);
        let picture = file["mediaType"].as_str().unwrap().starts_with("image/");
        let inert =
            corpus::find(&bytes, b"<script>").is_none() && corpus::find(&bytes, b"PK\x05\x06").is_none();
        assert!(!picture || inert, "{file}");
        let name = headers["content-disposition"].to_str().unwrap();
        assert!(!name.contains(".html\""), "{name}");
    }
    shop.close().await;
}

fn memory(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

fn open_files(server: &Server) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap().count()
}

#[tokio::test]
async fn a_flood_of_pixels_and_a_bomb_are_refused_at_once_and_take_no_memory() {
    let server = Server::own("flood");
    let shop = Shop::on(&server, crate::support::Terms::default()).await;
    let (mei, delivery) = shop.sold().await;
    let claim = mei.claim(&delivery).await;
    mei.sent("claimId", &claim, "first.png", corpus::scene(64, 48, ImageFormat::Png)).await;
    let before = memory(&server);
    for bytes in [
        corpus::flood(30_000, 30_000),
        corpus::flood(20_000, 20_000),
        corpus::flood(4_500, 4_500),
        corpus::flood_jpeg(65_000, 65_000),
        corpus::bomb(),
    ] {
        let (_, url) = mei.announce("claimId", &claim, "flood", bytes.len()).await;
        let begun = Instant::now();
        assert_eq!(mei.put(&url, bytes).await.0, 422);
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    }
    let grown = memory(&server).saturating_sub(before);
    assert!(grown < 64 << 20, "grew by {} MiB", grown >> 20);
}

#[tokio::test]
async fn who_was_given_no_leave_sends_nothing_and_leaves_nothing_open() {
    let server = Server::own("noleave");
    let shop = Shop::on(&server, crate::support::Terms::default()).await;
    let nobody = Client::anonymous(&shop.url, &shop.b.handle);
    let announced =
        nobody.ask(UPLOAD_CREATE, announce("claimId", &crate::support::unknown("clm"), "x", 1)).await;
    assert_eq!(crate::support::code(&announced), "UNAUTHENTICATED");
    nobody.put("/uploads/warm-up", b"x".to_vec()).await;
    let (before, memory_before) = (open_files(&server), memory(&server));
    for n in 0..40 {
        // A megabyte, of which nothing has to be read to say no.
        let http = reqwest::Client::new();
        let sent =
            http.put(format!("{}/uploads/made-up-{n}", shop.url)).body(vec![b'x'; 1 << 20]).send().await;
        // The server may close the connection while the body is still on its way.
        assert!(sent.as_ref().map_or(true, |answer| answer.status() == 404), "{sent:?}");
        // And the same as a multipart request to GraphQL, in which one file is named many times.
        let parts = "--b\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{\"query\":\"{ viewer { id } }\"}\r\n\
                     --b\r\nContent-Disposition: form-data; name=\"map\"\r\n\r\n{\"0\":[\"a\",\"b\",\"c\"]}\r\n\
                     --b\r\nContent-Disposition: form-data; name=\"0\"; filename=\"x\"\r\n\r\nx\r\n--b--\r\n";
        let answer = http
            .post(format!("{}/graphql", shop.url))
            .header("content-type", "multipart/form-data; boundary=b")
            .header("x-tenant", &shop.b.handle)
            .body(parts)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 415, "{n}");
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(open_files(&server) <= before + 8, "{before} files before, {} after", open_files(&server));
    assert!(memory(&server).saturating_sub(memory_before) < 32 << 20);
    assert!(!server.folder().join("data/objects").exists(), "nothing was kept");
}

#[tokio::test]
async fn a_name_is_a_text_and_neither_a_path_nor_a_header() {
    let shop = Shop::open().await;
    let (mei, delivery) = shop.sold().await;
    let claim = mei.claim(&delivery).await;
    for bad in
        ["", " ", "a\0b.txt", "a\r\nSet-Cookie: x=y", "a\nb", "\u{202e}gpj.exe", "a\u{7f}", &"x".repeat(256)]
    {
        let codes = mei.refused(UPLOAD_CREATE, announce("claimId", &claim, bad, 1)).await;
        assert_eq!(codes, ["INVALID_INPUT"], "{bad:?}");
    }
    let names = [
        "../../../etc/passwd",
        "..\\..\\windows\\win.ini",
        "/etc/shadow",
        "C:\\boot.ini",
        "\\\\host\\share\\x",
        "....//....//x",
        "%2e%2e%2fx",
        "..%5c..%5cx",
        ".",
        "..",
        "...",
        ".htaccess",
        "a/",
        "a\\",
        "CON",
        "nul.txt",
        "COM1",
        "lpt9.png",
        "aux.",
        "x.html",
        "x.svg",
        "x.php.txt",
        "x.exe",
        "x\".html",
        "x'; rm -rf",
        "x\"; filename=\"y",
        "x;y=z",
        "x,y",
        "$(id)",
        "`id`",
        "x|y",
        "x>y",
        "<script>alert(1)</script>",
        "x:y",
        "x::$DATA",
        "x?",
        "x*",
        "~root",
        "-rf",
        "证据.txt",
        "доказательство",
        "é",
        "🧾.txt",
        "a b  c",
        "x.txt.",
        "x.TXT",
        "xn--a",
        "desktop.ini",
        "a\tb",
        "=cmd|' /C calc'!A0",
    ];
    let mut uploads = Vec::new();
    let tab = names.iter().filter(|name| !name.contains('\t'));
    for name in tab.clone().take(20) {
        uploads.push(mei.sent("claimId", &claim, name, name.as_bytes().to_vec()).await);
    }
    mei.done(EVIDENCE_ADD, json!({"i": {"claimId": claim, "uploadIds": uploads}})).await;
    for (file, said) in seen(&mei, &claim).await.iter().zip(tab.clone()) {
        assert_eq!(file["fileName"], json!(said), "as it was said");
        let (status, headers, bytes) = mei.fetch(file["downloadUrl"].as_str().unwrap()).await;
        assert_eq!((status, bytes.as_slice()), (200, said.as_bytes()));
        corpus::assert_saved(&headers);
        assert!(headers.get("set-cookie").is_none());
        let header = headers["content-disposition"].to_str().unwrap();
        let saved = header.split('"').nth(1).unwrap();
        assert!(header.matches('"').count() == 2 && saved.strip_suffix(".txt").is_some(), "{header}");
        assert!(!saved.contains(['/', '\\', ':']) && !saved.starts_with('.'), "{header}");
    }
    // The others are only made names of.
    for name in tab {
        let saved = cardamom::evidence::name::to_save(name, cardamom::evidence::MediaType::Text);
        assert!(
            saved.strip_suffix(".txt").is_some() && !saved.contains(['/', '\\', ':', '"', '\n', '<', '|']),
            "{saved}"
        );
    }
    let mut stored = Vec::new();
    let objects = Server::shared().folder().join("data/objects");
    let mut folders = vec![objects.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                stored.push(entry.path().strip_prefix(&objects).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    let plain =
        |path: &String| path.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'/' || byte == b'#');
    assert!(!stored.is_empty() && stored.iter().all(plain), "{stored:?}");
    assert_eq!(id(&mei.see(&claim).await), claim);
    shop.close().await;
}
