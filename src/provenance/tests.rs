//! The tree against the vectors of RFC 6962's reference implementation and against itself at every size; leaves and
//! notes as they are written.

use super::{
    StepKind,
    keys::LogKey,
    leaf::{self, Leaf},
    merkle::{self, Hash},
    note::{Checkpoint, Vkey},
    tiles::{self, Edge, TileId, Tiles, WIDTH, Wanted},
};
use crate::foundation::{id::NetworkId, seal::Sealer};
use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use std::convert::Infallible;

fn hex(hash: &[u8]) -> String {
    use std::fmt::Write;
    hash.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

// The leaves of the reference implementation's tests.
fn reference() -> Vec<Hash> {
    let data: [&[u8]; 8] = [
        b"",
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
    ];
    data.iter().map(|data| merkle::leaf_hash(data)).collect()
}

fn some(count: usize) -> Vec<Hash> {
    (0..count).map(|n| merkle::leaf_hash(&n.to_be_bytes())).collect()
}

// A log's edge and its full tiles.
fn grown(leaves: &[Hash]) -> (Edge, Tiles) {
    let (mut edge, mut tiles) = (Edge::default(), Tiles::default());
    for leaf in leaves {
        edge.append(*leaf, |id, hashes| tiles.insert(id, hashes.to_vec()));
    }
    (edge, tiles)
}

// From the leaves themselves: no tile takes part.
fn plain(leaves: &[Hash]) -> impl FnMut(u32, u64) -> Result<Hash, Infallible> + '_ {
    |height, index| {
        let first = usize::try_from(index << height).unwrap();
        Ok(merkle::root(&leaves[first..first + (1 << height)]))
    }
}

#[test]
fn heads_are_those_of_the_reference_implementation() {
    let leaves = reference();
    for (size, head) in [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        (5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        (6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ] {
        assert_eq!(hex(&merkle::root(&leaves[..size])), head, "{size}");
        assert_eq!(hex(&grown(&leaves[..size]).0.head()), head, "{size}, by its edge");
        let Ok(by_nodes) = merkle::head(size as u64, &mut plain(&leaves));
        assert_eq!(hex(&by_nodes), head, "{size}, by its nodes");
    }
}

#[test]
fn proofs_are_those_of_the_reference_implementation() {
    let leaves = reference();
    let mut node = plain(&leaves);
    let Ok(proof) = merkle::inclusion(5, 8, &mut node);
    assert_eq!(
        proof.unwrap().iter().map(|hash| hex(hash)).collect::<Vec<_>>(),
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
    let Ok(proof) = merkle::consistency(6, 8, &mut node);
    assert_eq!(
        proof.unwrap().iter().map(|hash| hex(hash)).collect::<Vec<_>>(),
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
}

#[test]
fn at_every_size_each_leaf_is_proved_and_each_beginning() {
    let leaves = some(130);
    for size in 1..=leaves.len() {
        let head = merkle::root(&leaves[..size]);
        let new = size as u64;
        for (index, leaf) in (0..).zip(&leaves[..size]) {
            let Ok(proof) = merkle::inclusion(index, new, &mut plain(&leaves));
            let proof = proof.unwrap();
            assert!(merkle::verify_inclusion(leaf, index, new, &proof, &head), "{index} of {size}");
            assert!(!merkle::verify_inclusion(leaf, index + 1, new, &proof, &head));
            assert!(!merkle::verify_inclusion(&head, index, new, &proof, &head) || size == 1);
        }
        for old in 1..=new {
            let before = merkle::root(&leaves[..usize::try_from(old).unwrap()]);
            let Ok(proof) = merkle::consistency(old, new, &mut plain(&leaves));
            let proof = proof.unwrap();
            assert!(merkle::verify_consistency(old, &before, new, &head, &proof), "{old} of {size}");
            let other = merkle::leaf_hash(b"another");
            assert!(!merkle::verify_consistency(old, &other, new, &head, &proof));
            assert!(!merkle::verify_consistency(old, &before, new, &other, &proof));
        }
    }
    let Ok(none) = merkle::inclusion(3, 3, &mut plain(&leaves));
    assert_eq!(none, None);
    for (old, new) in [(0, 3), (4, 3)] {
        let Ok(none) = merkle::consistency(old, new, &mut plain(&leaves));
        assert_eq!(none, None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    // Past one tile, and past 256 of them.
    #[test]
    fn tiles_prove_what_leaves_prove(
        size in prop_oneof![1..700_usize, 65_300..65_900_usize],
        at in any::<prop::sample::Index>(),
        under in any::<prop::sample::Index>(),
    ) {
        let leaves = some(size);
        let (edge, mut tiles) = grown(&leaves);
        prop_assert_eq!(edge.head(), merkle::root(&leaves));
        prop_assert_eq!(&Edge::from_rows(edge.size(), &edge.rows()).unwrap(), &edge);
        // Under a head that was signed when the log was shorter.
        let under = under.index(size) + 1;
        let leaf = at.index(under);
        let (leaf_no, under_no) = (leaf as u64, under as u64);
        let mut wanted = Wanted::default();
        let Ok(_) = merkle::inclusion(leaf_no, under_no, &mut |height, index| wanted.node(height, index));
        let Ok(_) = merkle::consistency(under_no, size as u64, &mut |height, index| wanted.node(height, index));
        for id in &wanted.0 {
            if let Some(hashes) = edge.tile(*id) {
                prop_assert_eq!(hashes.len(), id.width(size as u64));
                tiles.insert(*id, hashes.to_vec());
            }
        }
        prop_assert!(wanted.0.len() <= 8, "{} tiles are read", wanted.0.len());
        let head = merkle::root(&leaves[..under]);
        let mut node = |height, index| tiles.node(height, index);
        let proof = merkle::inclusion(leaf_no, under_no, &mut node).unwrap().unwrap();
        prop_assert!(merkle::verify_inclusion(&leaves[leaf], leaf_no, under_no, &proof, &head));
        let proof = merkle::consistency(under_no, size as u64, &mut node).unwrap().unwrap();
        prop_assert!(merkle::verify_consistency(under_no, &head, size as u64, &edge.head(), &proof));
    }

    #[test]
    fn a_tiles_path_reads_back(index in 0..u64::MAX >> 8, width in 1..=WIDTH) {
        let path = tiles::path(index, width);
        prop_assert_eq!(tiles::parse_path(&path), Some((index, width)));
    }
}

#[test]
fn a_path_is_written_in_one_way() {
    assert_eq!(tiles::path(1_234_067, WIDTH), "x001/x234/067");
    assert_eq!(tiles::path(5, 12), "005.p/12");
    for bad in [
        "",
        "5",
        "0005",
        "x005",
        "005.p/0",
        "005.p/256",
        "005.p/257",
        "005.p/",
        "005.p/1/2",
        "x000/005",
        "001/005",
        "+05",
        "xx1/005",
        "005.p/+1",
        "x99/999",
        "../005",
        "x999/x999/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(tiles::parse_path(bad), None, "{bad}");
    }
}

#[test]
fn an_edge_that_does_not_fit_its_size_is_refused() {
    let (edge, _) = grown(&some(600));
    assert!(Edge::from_rows(601, &edge.rows()).is_err());
    assert!(Edge::from_rows(600, &edge.rows()[..1]).is_err());
    assert!(Edge::from_rows(600, &[vec![0; 31]]).is_err());
    assert_eq!(edge.tile(TileId { level: 0, index: 2 }).map(<[Hash]>::len), Some(88));
    assert_eq!(edge.tile(TileId { level: 0, index: 1 }), None);
}

fn a_leaf() -> Leaf {
    Leaf {
        item: [1; 32],
        step_no: 2,
        kind: StepKind::Sold,
        at: chrono::DateTime::from_timestamp_micros(1_700_000_000_000_001).unwrap(),
        previous: Some([2; 32]),
        subject: Some([3; 32]),
        terms: None,
    }
}

#[test]
fn a_leaf_is_written_in_one_way() {
    let leaf = a_leaf();
    let data = leaf.data();
    assert_eq!(
        data,
        r#"{"v":1,"item":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=","n":2,"step":"SOLD","at":"2023-11-14T22:13:20.000001Z","previous":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=","subject":"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=","terms":null}"#
    );
    assert_eq!(Leaf::parse(&data), Some(leaf));
    for bad in [
        data.replace("\"v\":1", "\"v\":2"),
        data.replace("SOLD", "GIVEN"),
        data.replace(",\"n\"", ", \"n\""),
        data.replace("000001Z", "000001+00:00"),
        data.replace(",\"terms\":null", ""),
        data.replace("AQEB", "AQE"),
    ] {
        assert_eq!(Leaf::parse(&bad), None, "{bad}");
    }
}

#[test]
fn a_commitment_opens_with_its_salt_and_purpose_alone() {
    let id = uuid::Uuid::from_u128(7);
    let committed = leaf::commit_item(&[1; 32], id);
    assert_ne!(committed, leaf::commit_item(&[2; 32], id));
    assert_ne!(committed, leaf::commit_item(&[1; 32], uuid::Uuid::from_u128(8)));
    assert_ne!(committed, leaf::commit_subject(&[1; 32], id));
}

#[test]
fn a_key_signs_its_own_networks_heads_and_opens_in_its_place_alone() {
    let sealer = Sealer::new(&[5; 32]).unwrap();
    let network = NetworkId::fresh();
    let (wrapped, key) = LogKey::fresh(&sealer, network).unwrap();
    let again = LogKey::open(&sealer, network, &wrapped).unwrap();
    assert_eq!(again.vkey(), key.vkey());
    assert!(LogKey::open(&sealer, NetworkId::fresh(), &wrapped).is_err());
    assert!(LogKey::open(&Sealer::new(&[6; 32]).unwrap(), network, &wrapped).is_err());
    let id = uuid::Uuid::now_v7();
    assert_eq!(again.item(id), key.item(id));
    assert_ne!(key.item_salt(id), key.subject_salt(id));

    let vkey = Vkey::parse(&key.vkey().to_string()).unwrap();
    let note = key.checkpoint(9, [4; 32]);
    let read = Checkpoint::open(&note, &vkey).unwrap();
    assert_eq!((read.size, read.head, read.origin.as_str()), (9, [4; 32], vkey.name()));
    // Others may sign it too.
    assert!(Checkpoint::open(&format!("{note}\u{2014} witness AAAA\n"), &vkey).is_some());
    let (_, other) = LogKey::fresh(&sealer, network).unwrap();
    for bad in [
        note.replace("\n9\n", "\n8\n"),
        note.replace("\n9\n", "\n09\n"),
        note.replace("\u{2014} ", "- "),
        note.trim_end().to_owned(),
        other.checkpoint(9, [4; 32]),
        String::new(),
    ] {
        assert_eq!(Checkpoint::open(&bad, &vkey), None, "{bad}");
    }
}

#[test]
fn a_verifier_key_is_read_as_others_write_it() {
    // The example of other implementations of signed notes.
    let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    let key = Vkey::parse(text).unwrap();
    assert_eq!((key.name(), key.to_string().as_str()), ("example.com/foo", text));
    let signed = STANDARD
        .decode(
            "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=",
        )
        .unwrap();
    assert_eq!(signed[..4], key.id());
    assert!(key.verifies(b"This is an example message.\n", &signed[4..]));
    assert!(!key.verifies(b"This is an example message?\n", &signed[4..]));
    for bad in [text.replace("530d", "530e"), text.replace('+', " "), text[..60].to_owned(), "a+b".into()] {
        assert_eq!(Vkey::parse(&bad), None, "{bad}");
    }
}
