//! The schema as introspection tells it, and documents written from it.

use serde_json::{Value, json};
use std::collections::BTreeMap;

const INTROSPECTION: &str = "{ __schema {
  queryType { name } mutationType { name } subscriptionType { name }
  types { kind name description
    fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...Input } type { ...Ref } }
    inputFields(includeDeprecated: true) { ...Input }
    enumValues(includeDeprecated: true) { name description }
    possibleTypes { name } } } }
  fragment Input on __InputValue { name description defaultValue type { ...Ref } }
  fragment Ref on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// The schema: every type by its name.
pub struct Meta {
    types: BTreeMap<String, Value>,
    roots: [(&'static str, String); 3],
}

/// A field of one of the three roots.
#[derive(Clone, Debug)]
pub struct Root {
    /// `Query`, `Mutation` or `Subscription`.
    pub kind: &'static str,
    /// `orders`.
    pub name: String,
    /// Its arguments, as introspection tells them.
    pub args: Vec<Value>,
    /// What it answers.
    pub ty: Value,
}

impl Root {
    /// `Query.orders`: what the matrix of roles calls it.
    pub fn operation(&self) -> String {
        format!("{}.{}", self.kind, self.name)
    }

    /// A document of this field alone, its arguments as variables, with a selection of its answer.
    pub fn document(&self, selection: &str) -> String {
        let declared: Vec<String> = self
            .args
            .iter()
            .map(|arg| format!("${}: {}", arg["name"].as_str().unwrap(), written(&arg["type"])))
            .collect();
        let passed: Vec<String> = self
            .args
            .iter()
            .map(|arg| arg["name"].as_str().unwrap())
            .map(|name| format!("{name}: ${name}"))
            .collect();
        let list = |items: Vec<String>| {
            if items.is_empty() { String::new() } else { format!("({})", items.join(", ")) }
        };
        format!(
            "{}{} {{ {}{} {selection} }}",
            self.kind.to_lowercase(),
            list(declared),
            self.name,
            list(passed)
        )
    }
}

impl Meta {
    /// Asks the library's own schema, which is the one that the server serves.
    pub async fn read() -> Self {
        let answer = cardamom::graphql::schema().execute(INTROSPECTION).await;
        assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        let schema = answer.data.into_json().unwrap()["__schema"].take();
        let name = |root: &str| schema[root]["name"].as_str().unwrap().to_owned();
        let roots = [
            ("Query", name("queryType")),
            ("Mutation", name("mutationType")),
            ("Subscription", name("subscriptionType")),
        ];
        let types = schema["types"].as_array().unwrap().iter();
        let types = types.map(|ty| (ty["name"].as_str().unwrap().to_owned(), ty.clone())).collect();
        Self { types, roots }
    }

    /// Every type that is not GraphQL's own.
    pub fn types(&self) -> impl Iterator<Item = &Value> {
        self.types.iter().filter(|(name, _)| !name.starts_with("__")).map(|(_, ty)| ty)
    }

    /// A type by its name.
    pub fn get(&self, name: &str) -> &Value {
        &self.types[name]
    }

    /// Every field of the three roots.
    pub fn fields(&self) -> Vec<Root> {
        let fields = |(kind, name): &(&'static str, String)| {
            let kind = *kind;
            let fields = self.types[name]["fields"].as_array().unwrap().clone();
            fields.into_iter().map(move |field| Root {
                kind,
                name: field["name"].as_str().unwrap().to_owned(),
                args: field["args"].as_array().unwrap().clone(),
                ty: field["type"].clone(),
            })
        };
        self.roots.iter().flat_map(fields).collect()
    }

    /// One root field.
    pub fn field(&self, operation: &str) -> Root {
        self.fields().into_iter().find(|root| root.operation() == operation).unwrap()
    }

    /// `{ … }` with everything below a type, some levels deep; nothing for a scalar.
    pub fn selection(&self, ty: &Value, depth: usize) -> String {
        self.select(named(ty), depth, &mut Vec::new())
    }

    fn shown<'a>(&'a self, name: &'a str, depth: usize, path: &[&str]) -> Vec<(&'a str, &'a Value)> {
        let fields = self.types[name]["fields"].as_array();
        let fields =
            fields.into_iter().flatten().map(|field| (field["name"].as_str().unwrap(), &field["type"]));
        fields
            .filter(|(_, ty)| {
                let below = &self.types[named(ty)];
                below["fields"].is_null() || (depth > 1 && !path.contains(&named(ty)))
            })
            .collect()
    }

    fn select<'a>(&'a self, name: &'a str, depth: usize, path: &mut Vec<&'a str>) -> String {
        let ty = &self.types[name];
        if ty["kind"] == "INTERFACE" {
            return if name == "UserError" {
                " { __typename code message path }"
            } else {
                " { __typename id }"
            }
            .into();
        }
        if ty["fields"].is_null() {
            return String::new();
        }
        path.push(name);
        let fields: Vec<String> = self
            .shown(name, depth, path)
            .into_iter()
            .map(|(field, ty)| format!("{field}{}", self.select(named(ty), depth - 1, path)))
            .collect();
        path.pop();
        format!(" {{ __typename {} }}", fields.join(" "))
    }

    /// Values for a root field's required arguments, and for the one at `wanted` (`input.lines.listingId`).
    pub fn variables(&self, root: &Root, wanted: &str, value: &Value) -> Value {
        let args = root.args.iter().filter_map(|arg| {
            let value = self.argument(arg, "", wanted, value)?;
            Some((arg["name"].as_str().unwrap().to_owned(), value))
        });
        Value::Object(args.collect())
    }

    fn argument(&self, arg: &Value, above: &str, wanted: &str, value: &Value) -> Option<Value> {
        let name = arg["name"].as_str().unwrap();
        let path = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
        let on_the_way = wanted == path || wanted.starts_with(&format!("{path}."));
        let required = arg["type"]["kind"] == "NON_NULL" && arg["defaultValue"].is_null();
        (on_the_way || required).then(|| self.value(&arg["type"], &path, wanted, value))
    }

    fn value(&self, ty: &Value, path: &str, wanted: &str, value: &Value) -> Value {
        let ty = if ty["kind"] == "NON_NULL" { &ty["ofType"] } else { ty };
        if ty["kind"] == "LIST" {
            return json!([self.value(&ty["ofType"], path, wanted, value)]);
        }
        if path == wanted {
            return value.clone();
        }
        let below = &self.types[ty["name"].as_str().unwrap()];
        match below["kind"].as_str().unwrap() {
            "ENUM" => below["enumValues"][0]["name"].clone(),
            "INPUT_OBJECT" => {
                let fields = below["inputFields"].as_array().unwrap();
                let mut given: serde_json::Map<String, Value> = fields
                    .iter()
                    .filter_map(|field| {
                        let name = field["name"].as_str().unwrap().to_owned();
                        Some((name, self.argument(field, path, wanted, value)?))
                    })
                    .collect();
                // One of: the first word is as good as any.
                match (below["name"].as_str().unwrap(), given.is_empty()) {
                    ("PayWithInput", true) => drop(given.insert("wallet".into(), json!(true))),
                    ("PriceRuleInput", true) => drop(given.insert("inherit".into(), json!(true))),
                    ("CouponTakesInput", true) => drop(given.insert("percentBasisPoints".into(), json!(100))),
                    _ => {}
                }
                Value::Object(given)
            }
            _ => sample(path.rsplit('.').next().unwrap(), below["name"].as_str().unwrap()),
        }
    }

    /// The paths of every argument and input field that a root field takes, with their types.
    pub fn inputs(&self, root: &Root) -> Vec<(String, Value)> {
        let mut found = Vec::new();
        for arg in &root.args {
            self.walk(arg, "", &mut found);
        }
        found
    }

    fn walk(&self, arg: &Value, above: &str, found: &mut Vec<(String, Value)>) {
        let name = arg["name"].as_str().unwrap();
        let path = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
        let fields = self.types[named(&arg["type"])]["inputFields"].as_array();
        for field in fields.into_iter().flatten() {
            self.walk(field, &path, found);
        }
        if fields.is_none() {
            found.push((path, arg["type"].clone()));
        }
    }
}

// A value that is well formed and names nothing that exists.
fn sample(name: &str, ty: &str) -> Value {
    match (name, ty) {
        (_, "ID") => json!(unknown("zzz")),
        (_, "Boolean") => json!(false),
        (_, "Int") => json!(1),
        (_, "Decimal") => json!("1.00"),
        (_, "CurrencyCode") => json!("CNY"),
        ("from", "DateTime") => json!("2026-01-01T00:00:00Z"),
        (_, "DateTime") => json!("2026-01-02T00:00:00Z"),
        ("role", _) => json!("auditor"),
        ("email" | "ownerEmail", _) => json!("nobody@nowhere.example"),
        ("password" | "ownerPassword", _) => json!("password"),
        ("handle", _) => json!("nowhere"),
        ("actions", _) => json!("order:read"),
        _ => json!("text"),
    }
}

/// An id of that prefix that nothing has.
pub fn unknown(prefix: &str) -> String {
    let fresh = || cardamom::foundation::id::TenantId::fresh().0.simple().to_string();
    if prefix == "lst" { format!("lst_{}{}", fresh(), fresh()) } else { format!("{prefix}_{}", fresh()) }
}

/// The name at the bottom of a type.
pub fn named(ty: &Value) -> &str {
    match ty["name"].as_str() {
        Some(name) => name,
        None => named(&ty["ofType"]),
    }
}

/// A type as a document writes it: `[ID!]!`.
pub fn written(ty: &Value) -> String {
    match ty["kind"].as_str().unwrap() {
        "NON_NULL" => format!("{}!", written(&ty["ofType"])),
        "LIST" => format!("[{}]", written(&ty["ofType"])),
        _ => ty["name"].as_str().unwrap().to_owned(),
    }
}
