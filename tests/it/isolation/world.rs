//! Two networks full of things, who may see each, and words that must not travel.

use super::cast::{Buyer, Goods, Network, Product, listing};
use crate::support::{Client, Server, Site, fresh, id, site, superuser, unknown, uuid};
use serde_json::json;
use std::collections::BTreeMap;

/// Something with an id.
pub struct Thing {
    /// Its prefix.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// What it is, for whoever reads a failure.
    pub label: String,
    /// Who may read it.
    pub seen: Vec<&'static str>,
    /// Who beside them may act on it, or learns its id from something that they may read.
    pub named: Vec<&'static str>,
    /// An id of the same kind that nothing has.
    pub stranger: String,
}

/// A text that only these may ever be told.
pub struct Canary {
    /// As it stands in an answer.
    pub text: String,
    /// Who may be told.
    pub told: Vec<&'static str>,
}

/// Everything.
pub struct World {
    /// Who asks, by name.
    pub actors: BTreeMap<&'static str, Client>,
    /// What is asked for.
    pub things: Vec<Thing>,
    /// What must not be told.
    pub canaries: Vec<Canary>,
    /// The first network's tenants by name.
    pub tenants: BTreeMap<&'static str, Site>,
}

impl World {
    fn thing(&mut self, kind: &'static str, id: &str, label: &str, seen: &str, named: &str) {
        let words = |text: &str| {
            let known = |word: &str| {
                *self.actors.keys().find(|name| **name == word).unwrap_or_else(|| panic!("{word}"))
            };
            text.split_whitespace().map(known).collect::<Vec<_>>()
        };
        let (seen, named) = (words(seen), words(named));
        // A listing's id names its site: the stranger is one of the same site.
        let stranger = match kind {
            "lst" => format!("{}{}", &id[..36], uuid(&unknown("var")).simple()),
            _ => unknown(kind),
        };
        self.things.push(Thing { kind, id: id.into(), label: label.into(), seen, named, stranger });
    }

    fn secret(&mut self, text: impl Into<String>, told: &str) {
        let known =
            |word: &str| *self.actors.keys().find(|name| **name == word).unwrap_or_else(|| panic!("{word}"));
        let told = told.split_whitespace().map(known).collect();
        self.canaries.push(Canary { text: text.into(), told });
    }

    // A text as a whole JSON string, so that one is never part of another.
    fn quoted(&mut self, text: &str, told: &str) {
        self.secret(json!(text).to_string(), told);
    }

    /// Opens it all on the shared server.
    pub async fn open() -> Self {
        let server = Server::shared();
        let actors = BTreeMap::new();
        let mut world = Self { actors, things: Vec::new(), canaries: Vec::new(), tenants: BTreeMap::new() };
        let ours = Network::open(server, &["a", "a2"], &["s1", "s2"]).await;
        let theirs = Network::open(server, &["xa"], &["xs"]).await;
        let b = site(&ours.of("a").owner, "SITE", "b", None).await;
        ours.operator.owner.done(APPROVE_TENANT, json!({"t": b.id})).await;
        let mei = Buyer::open(&ours.operator.owner, &b).await;
        let lan = Buyer::open(&ours.operator.owner, &b).await;
        let ann = Buyer::open(&ours.operator.owner, ours.of("a")).await;
        let zoe = Buyer::open(&ours.operator.owner, ours.of("a2")).await;
        let xin = Buyer::open(&theirs.operator.owner, theirs.of("xa")).await;
        world.actors = [
            ("visitor", Client::anonymous(&server.url, &ours.of("a").handle)),
            ("mei", mei.client.clone()),
            ("lan", lan.client.clone()),
            ("ann", ann.client.clone()),
            ("zoe", zoe.client.clone()),
            ("a", ours.of("a").owner.clone()),
            ("a2", ours.of("a2").owner.clone()),
            ("b", b.owner.clone()),
            ("s1", ours.of("s1").owner.clone()),
            ("s2", ours.of("s2").owner.clone()),
            ("o", ours.operator.owner.clone()),
            ("x", theirs.operator.owner.clone()),
            ("xa", theirs.of("xa").owner.clone()),
            ("xs", theirs.of("xs").owner.clone()),
        ]
        .into();
        world.tenants = ours.tenants.clone();
        world.tenants.insert("b", b.clone());
        world.tenants.insert("o", ours.operator.clone());

        for (who, at, seen) in [
            (&mei, &b, "mei b"),
            (&lan, &b, "lan b"),
            (&ann, ours.of("a"), "ann a"),
            (&zoe, ours.of("a2"), "zoe a2"),
            (&xin, theirs.of("xa"), "xa"),
        ] {
            world.quoted(&who.email, seen);
            let (own, staff) = seen.split_once(' ').unwrap_or(("", seen));
            world.thing("buy", &who.id, &format!("buyer of {}", at.handle), seen, "");
            world.thing("usr", &who.id.replace("buy_", "usr_"), "a buyer as a user", own, staff);
            let operator = if seen == "xa" { "x" } else { "o" };
            world.thing("wal", &who.wallet, "a buyer's wallet", &format!("{own} {operator}"), staff);
        }
        world.tenants_of(&ours, &b, &theirs).await;
        world.prices(&ours, &b).await;
        let goods = world.goods(&ours, &theirs).await;
        world.trade(&ours, &theirs, &b, &goods, [&mei, &ann, &zoe, &xin]).await;
        world.wallets(server).await;
        world.sessions().await;
        world.qualifications(&ours, &theirs).await;
        world
    }

    async fn tenants_of(&mut self, ours: &Network, b: &Site, theirs: &Network) {
        let rows = [
            ("o", &ours.operator, "o", ""),
            ("a", ours.of("a"), "a o visitor ann", "s1 s2"),
            ("a2", ours.of("a2"), "a2 o zoe", "s1"),
            ("b", b, "b a o mei lan", "s1 s2"),
            ("s1", ours.of("s1"), "s1 o", "a a2 b"),
            ("s2", ours.of("s2"), "s2 o", "a a2 b"),
            ("x", &theirs.operator, "x", ""),
            ("xa", theirs.of("xa"), "xa x", "xs"),
            ("xs", theirs.of("xs"), "xs x", "xa"),
        ];
        for (who, tenant, seen, named) in rows {
            self.thing("ten", &tenant.id, &format!("tenant {who}"), seen, named);
            self.quoted(&tenant.handle, &format!("{seen} {named}"));
            self.quoted(&format!("owner@{}.example", tenant.handle), who);
            let above = match who {
                "a" | "a2" | "s1" | "s2" => "o",
                "b" => "a o",
                "xa" | "xs" => "x",
                _ => "",
            };
            let names: Vec<String> = ["person", "role", "key"].iter().map(|name| fresh(name)).collect();
            for name in &names {
                self.quoted(name, who);
            }
            let owner = &tenant.owner;
            let email = format!("{}@staff.example", names[0]);
            self.quoted(&email, who);
            let made = owner.done("mutation($i: RoleCreateInput!) { roleCreate(input: $i) { role { id } errors { code message } } }", json!({"i": {"name": names[1], "actions": ["staff:read"]}})).await;
            let role = id(&made["role"]);
            self.thing("rol", &role, &format!("role of {who}"), "", who);
            let input =
                json!({"i": {"email": email, "displayName": names[0], "password": "password", "role": role}});
            let made = owner.done("mutation($i: StaffCreateInput!) { staffCreate(input: $i) { user { id } errors { code message } } }", input).await;
            self.thing("usr", &id(&made["user"]), &format!("staff of {who}"), who, "");
            let made = owner.done("mutation($i: ApiKeyCreateInput!) { apiKeyCreate(input: $i) { apiKey { id } token errors { code message } } }", json!({"i": {"name": names[2], "role": "auditor"}})).await;
            self.thing("key", &id(&made["apiKey"]), &format!("key of {who}"), "", who);
            self.quoted(made["token"].as_str().unwrap(), "");
            self.quoted(owner.token.as_ref().unwrap(), "");
            let grants = owner.get("{ grants { id } }", json!({})).await;
            for grant in grants.as_array().unwrap() {
                self.thing("grt", &id(grant), &format!("grant at {who}"), "", &format!("{who} {above}"));
            }
        }
    }

    // 71.37 → 76.58 → 80.77 → 87.38 for the first supplier's goods, 53.19 → 58.40 → 62.59 → 69.20 for the other's.
    async fn prices(&mut self, ours: &Network, b: &Site) {
        let (a, a2) = (ours.of("a"), ours.of("a2"));
        for (who, child, everyone, add, told) in [
            (&ours.operator.owner, None, true, "5.21", "o"),
            (&a.owner, Some(&b.id), false, "4.19", "a o"),
            (&a.owner, None, false, "9.43", "a o"),
            (&b.owner, None, false, "6.61", "b o"),
            (&a2.owner, None, false, "8.29", "a2 o"),
        ] {
            let rule = json!({"add": {"amount": add, "currency": "CNY"}});
            let input = json!({"i": {"childTenantId": child, "forEveryone": everyone, "rule": rule}});
            who.done(
                "mutation($i: PriceRuleSetInput!) { priceRuleSet(input: $i) { errors { code message } } }",
                input,
            )
            .await;
            self.quoted(add, told);
        }
        for (price, told) in [
            ("71.37", "s1 o"),
            ("76.58", "o a a2"),
            ("80.77", "a b o"),
            ("86.01", "a ann visitor o s1"),
            ("87.38", "b mei lan a o s1"),
            ("84.87", "a2 zoe o s1"),
            ("53.19", "s2 o"),
            ("58.40", "o a a2"),
            ("62.59", "a b o"),
            ("67.83", "a ann visitor o s2"),
            ("69.20", "b mei lan a o s2"),
            ("61.48", "a2 zoe o"),
        ] {
            self.quoted(price, told);
        }
        for (site, told) in [(&a.owner, "a"), (&b.owner, "b"), (&a2.owner, "a2")] {
            let code = fresh("C").to_uppercase();
            let create = "mutation($i: CouponCreateInput!) { couponCreate(input: $i) { coupon { id } errors { code message } } }";
            let takes = json!({"percentBasisPoints": 100});
            let made = site.done(create, json!({"i": {"code": code, "takes": takes}})).await;
            self.thing("cpn", &id(&made["coupon"]), "a coupon", "", told);
            self.quoted(&code, told);
        }
        a.owner.done("mutation($t: ID!) { tenantMarkupCapSet(input: {tenantId: $t, capBasisPoints: 7777}) { errors { code message } } }", json!({"t": b.id})).await;
        // With its colon: four digits alone stand in many an id.
        self.secret("\":7777", "a b o");
    }

    async fn goods(&mut self, ours: &Network, theirs: &Network) -> Goods {
        let (o, x) = (&ours.operator.owner, &theirs.operator.owner);
        let card = Product::write(&ours.of("s1").owner, "CARD", "71.37").await;
        let top_up = Product::write(&ours.of("s2").owner, "TOP_UP", "53.19").await;
        let draft = Product::write(&ours.of("s1").owner, "CARD", "44.44").await;
        let foreign = Product::write(&theirs.of("xs").owner, "CARD", "33.33").await;
        for (product, operator) in [(&card, o), (&top_up, o), (&foreign, x)] {
            let note = fresh("note");
            product.approve(operator, &note).await;
            let told = if product.id == top_up.id { "s2 o" } else { "s1 o" };
            self.quoted(&note, if product.id == foreign.id { "xs x" } else { told });
        }
        self.quoted("44.44", "s1 o");
        self.quoted("33.33", "xs x xa");
        let rows = [
            (&card, "the card", "s1 o a a2 b", "visitor mei lan ann zoe"),
            (&top_up, "the top-up", "s2 o a a2 b", "visitor mei lan ann zoe"),
            (&draft, "a draft", "s1 o", ""),
            (&foreign, "foreign goods", "xs x xa", ""),
        ];
        for (product, label, seen, variants) in rows {
            self.thing("prd", &product.id, label, seen, "");
            self.thing("var", &product.variant, &format!("{label}'s variant"), seen, variants);
            let told = if seen.starts_with('x') { seen.into() } else { format!("{seen} {variants}") };
            self.quoted(
                &product.title,
                if label == "the top-up" || label == "the card" {
                    "s1 s2 o a a2 b visitor mei lan ann zoe"
                } else {
                    &told
                },
            );
        }
        for (at, seen) in [("a", "a visitor ann"), ("a2", "a2 zoe"), ("b", "b mei lan")] {
            let tenant = self.tenants[at].id.clone();
            for product in [&card, &top_up] {
                self.thing("lst", &listing(&tenant, &product.variant), &format!("listing at {at}"), seen, "");
            }
            for product in [&draft, &foreign] {
                self.thing(
                    "lst",
                    &listing(&tenant, &product.variant),
                    &format!("no listing at {at}"),
                    "",
                    "",
                );
            }
        }
        self.thing("lst", &listing(&theirs.of("xa").id, &foreign.variant), "foreign listing", "xa", "");
        for (product, supplier, named) in [
            (&card, ours.of("s1"), "s1 o a a2 b visitor mei lan ann zoe"),
            (&draft, ours.of("s1"), "s1 o"),
            (&foreign, theirs.of("xs"), "xs x xa"),
        ] {
            let title = fresh("longer");
            let plan = json!({"title": title, "days": 30, "price": {"amount": "1.00", "currency": "CNY"}});
            let set = "mutation($i: ProductPlansSetInput!) { productPlansSet(input: $i) { product { plans { id } } errors { code message } } }";
            let input = json!({"i": {"productId": product.id, "plans": [plan]}});
            let made = supplier.owner.done(set, input).await;
            self.thing("pln", &id(&made["product"]["plans"][0]), "a plan", "", named);
            self.quoted(&title, named);
        }
        for (product, supplier, seen) in [
            (&card, ours.of("s1"), "s1 o"),
            (&draft, ours.of("s1"), "s1 o"),
            (&foreign, theirs.of("xs"), "xs x"),
        ] {
            let secrets: Vec<String> = (0..3).map(|_| fresh("SECRET")).collect();
            let input = json!({"i": {"variantId": product.variant, "format": "LINES", "content": secrets.join("\n"), "idempotencyKey": fresh("key")}});
            let made = supplier.owner.done("mutation($i: CardsImportInput!) { cardsImport(input: $i) { import { id accepted } errors { code message } } }", input).await;
            assert_eq!(made["import"]["accepted"], 3, "{made}");
            self.thing("imp", &id(&made["import"]), "an import", seen, "");
            let why = fresh("taken back");
            let recall = "mutation($i: RecallCreateInput!) { recallCreate(input: $i) { recall { id } errors { code message } } }";
            let input = json!({"i": {"importId": id(&made["import"]), "reason": "REVOKED", "remedy": "REFUND", "note": why}});
            let drafted = supplier.owner.done(recall, input).await;
            self.thing("rcl", &id(&drafted["recall"]), "a recall", seen, "");
            self.quoted(&why, seen);
            for secret in &secrets {
                self.secret(secret.as_str(), "");
            }
        }
        Goods { card, top_up, foreign }
    }

    async fn trade(
        &mut self,
        ours: &Network,
        theirs: &Network,
        b: &Site,
        goods: &Goods,
        buyers: [&Buyer; 4],
    ) {
        let [mei, ann, zoe, xin] = buyers;
        let account = fresh("account");
        self.quoted(&account, "mei b s2 o");
        let wanted = fresh("account");
        self.quoted(&wanted, "ann a s2 o");
        let (card, top_up) = (&goods.card.variant, &goods.top_up.variant);
        let (a, a2, xa) = (&ours.of("a").id, &ours.of("a2").id, &theirs.of("xa").id);
        let row = |site: &str, lines: &[(&String, Option<&String>)], total| {
            (
                site.to_owned(),
                lines.iter().map(|(v, f)| ((*v).clone(), f.cloned())).collect::<Vec<_>>(),
                total,
            )
        };
        let orders = [
            (mei, row(&b.id, &[(card, None)], "87.38"), "mei b a o s1"),
            (mei, row(&b.id, &[(top_up, Some(&account))], "69.20"), "mei b a o s2"),
            (ann, row(a, &[(card, None), (top_up, Some(&wanted))], "153.84"), "ann a o s1 s2"),
            (zoe, row(a2, &[(card, None)], "84.87"), "zoe a2 o s1"),
            (xin, row(xa, &[(&goods.foreign.variant, None)], "33.33"), "xa x xs"),
        ];
        for (buyer, (site, lines, total), seen) in orders {
            let order = buyer.order(&site, &lines, total).await;
            self.thing("ord", &id(&order), &format!("order of {total}"), seen, "");
            for line in order["lines"].as_array().unwrap() {
                // A supplier of the other line sees the order, not this line.
                let stock = !line["deliveries"].as_array().unwrap().is_empty();
                let other = if stock { "s2" } else { "s1" };
                let seen: Vec<&str> = seen.split(' ').filter(|who| *who != other).collect();
                let seen = seen.join(" ");
                self.thing("lin", &id(line), &format!("line of the order of {total}"), &seen, "");
                if stock {
                    self.review(buyer, &id(line), &seen).await;
                }
                for delivery in line["deliveries"].as_array().unwrap() {
                    let label = format!("delivery of the order of {total}");
                    self.thing("dlv", &id(delivery), &label, &seen, "");
                    self.claim(buyer, &id(delivery), &seen).await;
                }
            }
        }
    }

    // Read at the site and by whose goods it is of; answered by the site alone, removed by the operator.
    async fn review(&mut self, buyer: &Buyer, line: &str, seen: &str) {
        let words = fresh("as it should be");
        let input = json!({"i": {"orderLineId": line, "stars": 4, "text": words}});
        let post = "mutation($i: ReviewPostInput!) { reviewPost(input: $i) { review { id } errors { code message } } }";
        let made = buyer.client.done(post, input).await;
        let site = match seen.split(' ').next().unwrap() {
            "mei" => "b mei lan s1 o",
            "ann" => "a ann visitor s1 o",
            "zoe" => "a2 zoe s1 o",
            _ => "xa x xs",
        };
        self.thing("rev", &id(&made["review"]), "a review", "", site);
        self.quoted(&words, site);
    }

    async fn claim(&mut self, buyer: &Buyer, delivery: &str, seen: &str) {
        let words = fresh("it does not work");
        let input = json!({"i": {"deliveryId": delivery, "reason": "INVALID", "description": words, "idempotencyKey": fresh("key")}});
        let made = buyer.client.done("mutation($i: WarrantyClaimOpenInput!) { warrantyClaimOpen(input: $i) { claim { id } errors { code message } } }", input).await;
        self.thing("clm", &id(&made["claim"]), "a claim", seen, "");
        self.quoted(&words, seen);
        // The tier between the selling site and the operator sees the claim and has no part in what is said.
        let between = if seen.contains(" b ") { "a" } else { "" };
        let parties: Vec<&str> = seen.split(' ').filter(|who| *who != between).collect();
        let (parties, claim) = (parties.join(" "), id(&made["claim"]));
        let said = fresh("it says");
        let post = "mutation($c: ID!, $b: String!) { claimMessagePost(input: {claimId: $c, body: $b}) { message { id } errors { code } } }";
        let made = buyer.client.done(post, json!({"c": claim, "b": said})).await;
        self.thing("cmm", &id(&made["message"]), "a message", &parties, "");
        self.quoted(&said, &parties);
        let wish = fresh("we wish");
        let offer = "mutation($c: ID!, $n: String) { claimOfferMake(input: {claimId: $c, remedy: REFUND, note: $n}) { offer { id } errors { code } } }";
        let made = buyer.client.done(offer, json!({"c": claim, "n": wish})).await;
        self.thing("cof", &id(&made["offer"]), "an offer", &parties, "");
        self.quoted(&wish, &parties);
        // What a site notes for itself.
        let site = seen.split(' ').nth(1).unwrap();
        if let Some(staff) = self.actors.get(site).filter(|_| site != "x").cloned() {
            let noted = fresh("between us");
            let note = "mutation($c: ID!, $n: String!) { claimNoteAdd(input: {claimId: $c, note: $n}) { errors { code } } }";
            staff.done(note, json!({"c": claim, "n": noted})).await;
            self.quoted(&noted, site);
        }
        // A file, for those who decide and not for the tiers between them; and one that was only sent.
        let name = fresh("proof.txt");
        self.quoted(&name, &parties);
        let upload = buyer.client.sent("claimId", &claim, &name, fresh("it said").into_bytes()).await;
        let input = json!({"i": {"claimId": claim, "uploadIds": [upload]}});
        buyer.client.done(crate::support::EVIDENCE_ADD, input).await;
        let sent = buyer.client.sent("claimId", &claim, &name, fresh("and then").into_bytes()).await;
        let own = seen.split(' ').next().unwrap();
        self.thing("upl", &sent, "a file that was sent", "", if own == "xa" { "" } else { own });
    }

    // What suppliers say of themselves, what the operator thinks of it, and what everybody is told then.
    async fn qualifications(&mut self, ours: &Network, theirs: &Network) {
        let (o, x) = (&ours.operator.owner, &theirs.operator.owner);
        let everybody = "s1 o a a2 b visitor mei lan ann zoe";
        for (supplier, operator, verified, theirs, told) in [
            (ours.of("s1"), o, true, "s1 o", everybody),
            (ours.of("s1"), o, false, "s1 o", "s1 o"),
            (ours.of("s2"), o, false, "s2 o", "s2 o"),
            (theirs.of("xs"), x, true, "xs x", "xs x xa"),
        ] {
            let (title, note) = (fresh("licence"), fresh("we have seen"));
            let submit = "mutation($i: QualificationSubmitInput!) { qualificationSubmit(input: $i) { qualification { id } errors { code message } } }";
            let input = json!({"i": {"title": title, "issuer": "Star Games"}});
            let made = supplier.owner.done(submit, input).await;
            let one = id(&made["qualification"]);
            if verified {
                let decide = "mutation($i: QualificationDecideInput!) { qualificationDecide(input: $i) { errors { code message } } }";
                operator
                    .done(decide, json!({"i": {"qualificationId": one, "verified": true, "note": note}}))
                    .await;
            }
            self.thing("qua", &one, "a qualification", "", told);
            self.quoted(&title, told);
            self.quoted(&note, theirs);
        }
    }

    // Where each is signed in, which nobody else is told.
    async fn sessions(&mut self) {
        for (who, client) in self.actors.clone() {
            if client.token.is_none() {
                continue;
            }
            let sessions = client.get("{ viewer { sessions { id } } }", json!({})).await;
            for session in sessions["sessions"].as_array().unwrap() {
                self.thing("ses", &id(session), &format!("session of {who}"), "", who);
            }
        }
    }

    // Tenants' wallets, whose ids only their owners are told: read from the database.
    async fn wallets(&mut self, server: &Server) {
        let mut db = superuser(server).await;
        for who in ["o", "a", "a2", "b", "s1", "s2", "x", "xa", "xs"] {
            let tenant = self.things.iter().find(|thing| thing.label == format!("tenant {who}")).unwrap();
            let wallet: uuid::Uuid = sqlx::query_scalar(
                "select account_id from account where owner_id = $1 and kind = 'TENANT_WALLET'",
            )
            .bind(uuid(&tenant.id))
            .fetch_one(&mut db)
            .await
            .unwrap();
            let operator = if who.starts_with('x') { "x" } else { "o" };
            // A site pays its child without being shown what that has.
            let parent = if who == "b" { "a" } else { "" };
            let seen = if who == operator { who.into() } else { format!("{who} {operator}") };
            self.thing(
                "wal",
                &format!("wal_{}", wallet.simple()),
                &format!("wallet of {who}"),
                &seen,
                parent,
            );
        }
    }
}

const APPROVE_TENANT: &str =
    "mutation($t: ID!) { tenantApprove(input: {tenantId: $t}) { tenant { status } errors { code } } }";
