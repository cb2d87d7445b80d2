//! The demo's tenants, staff and buyers: opened, admitted, signed in, paid in.

use super::{
    PASSWORD, buyer_email,
    data::{Buyer, Network, Staff, Tenant},
    staff_email,
};
use crate::cli::client::{Client, Done, list, text};
use anyhow::{Context, Result, bail};
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Everyone, signed in.
pub(super) struct People {
    owners: HashMap<String, Client>,
    ids: HashMap<String, String>,
    buyers: HashMap<String, Client>,
}

/// Does a step that may have been done before: `None` where it was.
pub(super) async fn once(client: &Client, document: &str, input: Value) -> Result<Option<Value>> {
    match client.attempt(document, json!({"i": input})).await? {
        Done::Payload(payload) => Ok(Some(payload)),
        Done::Refused(refused) if refused.iter().all(|no| no.code == "CONFLICT") => Ok(None),
        Done::Refused(refused) => {
            let no = refused.into_iter().next().context("refused without a reason")?;
            bail!("{}, {}", no.code, no.message)
        }
    }
}

/// The last one was hired: everything else is there.
pub(super) async fn is_whole(operator: &Client, network: &Network) -> Result<bool> {
    let staff = operator.get("{ staff { email } }", json!({})).await?;
    let last = staff_email(&network.last.email, &network.last.at);
    Ok(list(&staff, "")?.iter().any(|person| person["email"] == last))
}

impl People {
    /// Opens the tenants from the top down, and hires their staff.
    pub(super) async fn meet(operator: Client, network: &Network) -> Result<Self> {
        let mut people = Self { owners: HashMap::new(), ids: HashMap::new(), buyers: HashMap::new() };
        let id = id_of(&operator).await?;
        people.ids.insert(network.operator.handle.clone(), id);
        people.owners.insert(network.operator.handle.clone(), operator);
        let mut waiting: Vec<&Tenant> = network.tenants.iter().collect();
        while !waiting.is_empty() {
            let (next, later): (Vec<_>, Vec<_>) =
                waiting.into_iter().partition(|tenant| people.owners.contains_key(&tenant.under));
            anyhow::ensure!(!next.is_empty(), "a tenant of the demo stands under nobody");
            let opened = try_join_all(next.iter().map(|tenant| people.open(tenant, network))).await?;
            for (tenant, (owner, id)) in next.into_iter().zip(opened) {
                people.owners.insert(tenant.handle.clone(), owner);
                people.ids.insert(tenant.handle.clone(), id);
            }
            waiting = later;
        }
        // A request to this machine that names no tenant is for the shop that the first order is at.
        for host in ["127.0.0.1", "localhost"] {
            let document = "mutation($i: TenantHostInput!) {
                tenantHostAdd(input: $i) { tenant { id } errors { code message path } } }";
            let operator = &people.owners[&network.operator.handle];
            once(operator, document, json!({"tenantId": people.ids["xiaoman"], "host": host})).await?;
        }
        for cap in &network.caps {
            let document = "mutation($i: TenantMarkupCapSetInput!) {
  tenantMarkupCapSet(input: $i) { errors { code message } }
}";
            let input = json!({"tenantId": people.id(&cap.child)?, "capBasisPoints": cap.points});
            people.owner(&cap.parent)?.done(document, json!({"i": input})).await?;
        }
        for role in &network.roles {
            let document =
                "mutation($i: RoleCreateInput!) { roleCreate(input: $i) { errors { code message } } }";
            let input = json!({"name": role.name, "actions": role.actions});
            once(people.owner(&role.at)?, document, input).await?;
        }
        try_join_all(network.staff.iter().map(|staff| people.hire(staff))).await?;
        for float in &network.floats {
            let wallet = people.owner(&float.at)?.get("{ wallet { id } }", json!({})).await?;
            people.pay_in(text(&wallet, "/id")?, &float.amount, &float.at, network).await?;
        }
        Ok(people)
    }

    /// A tenant's owner.
    pub(super) fn owner(&self, handle: &str) -> Result<&Client> {
        self.owners.get(handle).with_context(|| format!("nobody owns {handle}"))
    }

    /// A tenant's id.
    pub(super) fn id(&self, handle: &str) -> Result<&str> {
        self.ids.get(handle).map(String::as_str).with_context(|| format!("there is no {handle}"))
    }

    /// A buyer.
    pub(super) fn buyer(&self, email: &str) -> Result<&Client> {
        self.buyers.get(email).with_context(|| format!("there is no buyer {email}"))
    }

    async fn open(&self, tenant: &Tenant, network: &Network) -> Result<(Client, String)> {
        let document = "mutation($i: TenantCreateInput!) {
  tenantCreate(input: $i) { tenant { id } errors { code message } }
}";
        let email = staff_email("owner", &tenant.handle);
        let input = json!({"kind": tenant.kind, "handle": tenant.handle, "name": tenant.name,
                           "ownerEmail": email, "ownerPassword": PASSWORD});
        let parent = self.owner(&tenant.under)?;
        once(parent, document, input).await?;
        let owner = parent.at(&tenant.handle).sign_in(&email, PASSWORD).await?;
        let id = id_of(&owner).await?;
        // What a site opens waits for the operator.
        if tenant.under != network.operator.handle {
            let document = "mutation($i: TenantDecisionInput!) {
  tenantApprove(input: $i) { errors { code message } }
}";
            let input = json!({"tenantId": id, "note": "资质已核验"});
            self.owner(&network.operator.handle)?.done(document, json!({"i": input})).await?;
        }
        Ok((owner, id))
    }

    /// Adds a member of staff.
    pub(super) async fn hire(&self, staff: &Staff) -> Result<()> {
        let owner = self.owner(&staff.at)?;
        let roles = owner.get("{ roles { id name } }", json!({})).await?;
        let own = list(&roles, "")?.iter().find(|role| role["name"] == staff.role);
        let role = own.map_or(Ok(staff.role.as_str()), |role| text(role, "/id"))?;
        let document =
            "mutation($i: StaffCreateInput!) { staffCreate(input: $i) { errors { code message } } }";
        let input = json!({"email": staff_email(&staff.email, &staff.at), "displayName": staff.name,
                           "password": PASSWORD, "role": role});
        once(owner, document, input).await?;
        Ok(())
    }

    /// Registers the buyers, and pays in what they have.
    pub(super) async fn register(&mut self, network: &Network) -> Result<()> {
        let registered =
            try_join_all(network.buyers.iter().map(|buyer| self.register_one(buyer, network))).await?;
        let emails = network.buyers.iter().map(|buyer| buyer.email.clone());
        self.buyers = emails.zip(registered).collect();
        Ok(())
    }

    async fn register_one(&self, buyer: &Buyer, network: &Network) -> Result<Client> {
        let anybody = self.owner(&buyer.at)?.at(&buyer.at);
        let document = "mutation($i: BuyerRegisterInput!) {
  buyerRegister(input: $i) { session { token } errors { code message } }
}";
        let email = buyer_email(&buyer.email);
        let input = json!({"email": email, "password": PASSWORD, "displayName": buyer.name});
        let client = match once(&anybody, document, input).await? {
            Some(made) => anybody.with_token(text(&made, "/session/token")?),
            None => anybody.sign_in(&email, PASSWORD).await?,
        };
        let wallet = client.get("{ wallet { id } }", json!({})).await?;
        self.pay_in(text(&wallet, "/id")?, &buyer.amount, &buyer.email, network).await?;
        Ok(client)
    }

    async fn pay_in(&self, wallet: &str, amount: &str, whose: &str, network: &Network) -> Result<()> {
        let document = "mutation($i: WalletCreditInput!) {
  walletCredit(input: $i) { errors { code message } }
}";
        let input = json!({"walletId": wallet, "amount": money(amount), "reference": format!("银行转账 {whose}"),
                           "idempotencyKey": format!("demo-{whose}")});
        self.owner(&network.operator.handle)?.done(document, json!({"i": input})).await?;
        Ok(())
    }
}

/// An amount of the demo's currency.
pub(super) fn money(amount: &str) -> Value {
    json!({"amount": amount, "currency": "CNY"})
}

async fn id_of(owner: &Client) -> Result<String> {
    let viewer = owner.get("{ viewer { tenant { id } } }", json!({})).await?;
    Ok(text(&viewer, "/tenant/id")?.to_owned())
}
