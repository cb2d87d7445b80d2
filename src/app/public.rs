//! What anybody may read without a token: the networks' logs at `/log/<operator's handle>/…` and `/log/<network's
//! id>/…` as C2SP tlog-tiles lays them out, and receipts behind a link of their own at `/receipts/<link>`.

use crate::{
    access::TenantKind,
    foundation::{
        Fault, No, Refusal, RefusalCode, Scope, Tx,
        id::{NetworkId, TenantId},
    },
    graphql::Services,
    http::{Caching, Visited},
    provenance::{
        read,
        tiles::{self, TileId},
    },
    receipt::{Link, history, page},
    tenancy,
};

/// The highest level of a tile: of 64 bits of leaves.
const LEVELS: u32 = 7;

/// Answers a visit to a path.
pub async fn visit(services: &Services, path: &str) -> Visited {
    let visited = match path.trim_start_matches('/').split_once('/') {
        Some(("log", rest)) => log(services, rest).await.map_err(No::from),
        Some(("receipts", rest)) => receipt(services, rest).await,
        _ => Ok(None),
    };
    match visited {
        Ok(found) => found.unwrap_or_else(Visited::nothing),
        Err(No::Refused(refusals)) => refused(&refusals),
        Err(No::Fault(fault)) => failed(&fault),
        Err(_) => Visited::nothing(),
    }
}

fn refused(refusals: &[Refusal]) -> Visited {
    let later = refusals.iter().any(|refusal| refusal.code == RefusalCode::TemporarilyUnavailable);
    if later { Visited::unavailable() } else { Visited::nothing() }
}

fn failed(fault: &Fault) -> Visited {
    if fault.is_unavailable() || fault.is_transient() {
        tracing::warn!(%fault, "a public page could not be read");
        Visited::unavailable()
    } else {
        tracing::error!(%fault, "a public page could not be read");
        Visited::broken()
    }
}

async fn log(services: &Services, path: &str) -> Result<Option<Visited>, Fault> {
    let Some((handle, path)) = path.split_once('/') else { return Ok(None) };
    // What can't be a path of a log asks nobody.
    let Some(asked) = Asked::read(path) else { return Ok(None) };
    let Some((network, mut tx)) = open(services, handle).await? else { return Ok(None) };
    asked.answer(&mut tx, network).await
}

// By the network's id, or the operator's handle: that of a site would tell whose network it is in.
async fn open(services: &Services, handle: &str) -> Result<Option<(NetworkId, Tx)>, Fault> {
    if let Ok(network) = handle.parse::<NetworkId>() {
        // What is of no tenant is what is public of the network.
        let tx = services.db.begin(Scope::Public(network, TenantId(network.0))).await?;
        return Ok(Some((network, tx)));
    }
    if tenancy::handle(handle, "").is_err() {
        return Ok(None);
    }
    let mut connection = services.db.plain().await?;
    let Some((network, tenant)) = tenancy::store::find_handle(&mut connection, handle).await? else {
        return Ok(None);
    };
    drop(connection);
    let mut tx = services.db.begin(Scope::Public(network, tenant)).await?;
    let found = tenancy::store::find(&mut tx, network, tenant).await?;
    Ok(found.filter(|found| found.kind == TenantKind::Operator).map(|_| (network, tx)))
}

enum Asked {
    Vkey,
    Checkpoint,
    Tile(TileId, usize),
    Entries(u64, usize),
}

impl Asked {
    fn read(path: &str) -> Option<Self> {
        match path {
            "vkey" => return Some(Self::Vkey),
            "checkpoint" => return Some(Self::Checkpoint),
            _ => {}
        }
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let (index, width) = tiles::parse_path(rest)?;
        if level == "entries" {
            return Some(Self::Entries(index, width));
        }
        let number: u32 = level.parse().ok()?;
        (number <= LEVELS && number.to_string() == level)
            .then_some(Self::Tile(TileId { level: number, index }, width))
    }

    async fn answer(self, tx: &mut Tx, network: NetworkId) -> Result<Option<Visited>, Fault> {
        let text = |text: String| Visited::found("text/plain; charset=utf-8", Caching::Moments, text);
        let bytes = |bytes: Vec<u8>| Visited::found("application/octet-stream", Caching::ForEver, bytes);
        Ok(match self {
            Self::Vkey => read::vkey(tx, network).await?.map(|vkey| text(vkey + "\n")),
            Self::Checkpoint => read::head(tx, network, None).await?.map(|head| text(head.note)),
            Self::Tile(id, width) => read::tile(tx, network, id, width).await?.map(bytes),
            Self::Entries(index, width) => read::entries(tx, network, index, width).await?.map(bytes),
        })
    }
}

async fn receipt(services: &Services, path: &str) -> Result<Option<Visited>, No> {
    let (token, file) = match path.strip_suffix("/file") {
        Some(token) => (token, true),
        None => (path, false),
    };
    let Some(link) = Link::read(&services.sealer, token) else { return Ok(None) };
    let Some(receipt) = history::linked(&services.db, &services.log_keys, link).await? else {
        return Ok(None);
    };
    if file {
        let name = format!("attachment; filename=\"{}\"", receipt.file_name);
        let found = Visited::found("application/json; charset=utf-8", Caching::Never, receipt.text);
        return Ok(Some(found.with("content-disposition", name)));
    }
    let page = page::page(&receipt, &format!("{}/file", link.path(&services.sealer)))?;
    let found = Visited::found("text/html; charset=utf-8", Caching::Never, page.html);
    Ok(Some(found.with("content-security-policy", page.policy).with("x-robots-tag", "noindex".into())))
}
