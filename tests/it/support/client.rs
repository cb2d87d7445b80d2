//! Somebody who speaks GraphQL over HTTP: a tenant's handle and perhaps a token.

use serde_json::{Value, json};
use std::time::Duration;

/// Why there is no answer.
#[derive(Debug)]
pub enum Silence {
    /// Nobody took the request: nothing came of it.
    NotSent,
    /// What came of it is not known.
    Lost(String),
}

/// A caller at a tenant.
#[derive(Clone)]
pub struct Client {
    pub(super) http: reqwest::Client,
    /// The server.
    pub url: String,
    /// `X-Tenant`.
    pub tenant: String,
    /// The bearer token.
    pub token: Option<String>,
}

impl Client {
    /// Nobody in particular, at a tenant.
    pub fn anonymous(url: &str, tenant: &str) -> Self {
        Self { http: reqwest::Client::new(), url: url.into(), tenant: tenant.into(), token: None }
    }

    /// The same person at another tenant.
    pub fn at(&self, tenant: &str) -> Self {
        Self { tenant: tenant.into(), ..self.clone() }
    }

    /// The same place with another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// Signs in.
    pub async fn sign_in(&self, email: &str, password: &str) -> Self {
        let answer = self
            .ask(
                "mutation($e: String!, $p: String!) { sessionCreate(input: {email: $e, password: $p}) {
                   session { token } errors { code message } } }",
                json!({"e": email, "p": password}),
            )
            .await;
        let token = answer["data"]["sessionCreate"]["session"]["token"].as_str();
        self.with_token(token.unwrap_or_else(|| panic!("no session: {answer}")))
    }

    /// Sends a document; answers status and body.
    pub async fn send(&self, document: &str, variables: Value) -> (u16, Value) {
        let mut request = self
            .http
            .post(format!("{}/graphql", self.url))
            .header("x-tenant", &self.tenant)
            .header("accept", "application/graphql-response+json")
            .json(&json!({"query": document, "variables": variables}));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap())
    }

    /// Sends a document to one of several servers, which may be dying: status and body, or why there is none.
    pub async fn attempt(
        &self,
        url: &str,
        document: &str,
        variables: &Value,
        within: Duration,
    ) -> Result<(u16, Value), Silence> {
        let mut request = self
            .http
            .post(format!("{url}/graphql"))
            .header("x-tenant", &self.tenant)
            .header("accept", "application/graphql-response+json")
            .timeout(within)
            .json(&json!({"query": document, "variables": variables}));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let lost = |error: reqwest::Error| Silence::Lost(format!("{error:?}"));
        let response = request
            .send()
            .await
            .map_err(|error| if error.is_connect() { Silence::NotSent } else { lost(error) })?;
        let status = response.status().as_u16();
        Ok((status, response.json().await.map_err(lost)?))
    }

    /// Sends a document; answers the body.
    pub async fn ask(&self, document: &str, variables: Value) -> Value {
        self.send(document, variables).await.1
    }

    /// Sends a mutation that must be done: its payload, without errors.
    pub async fn done(&self, document: &str, variables: Value) -> Value {
        let mut answer = self.ask(document, variables.clone()).await;
        // Where many sign up at once on a slow machine, some are told to come again: they do.
        for _ in 0..30 {
            if answer["errors"][0]["extensions"]["code"] != "UNAVAILABLE" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
            answer = self.ask(document, variables.clone()).await;
        }
        let payload = answer["data"].as_object().and_then(|data| data.values().next()).cloned();
        let payload = payload.unwrap_or_else(|| panic!("{document}\n{variables}\n{answer}"));
        assert_eq!(payload["errors"].as_array().map(Vec::len), Some(0), "{document}\n{variables}\n{answer}");
        payload
    }

    /// Sends a query that must be answered: the value of its first field.
    pub async fn get(&self, document: &str, variables: Value) -> Value {
        let answer = self.ask(document, variables).await;
        assert!(answer.get("errors").is_none(), "{document}\n{answer}");
        answer["data"].as_object().unwrap().values().next().unwrap().clone()
    }

    /// Sends a mutation that must be refused: the codes of its errors as data.
    pub async fn refused(&self, document: &str, variables: Value) -> Vec<String> {
        let answer = self.ask(document, variables).await;
        let codes = errors(&answer);
        assert!(!codes.is_empty(), "{document}\n{answer}");
        codes
    }
}

/// The codes of the first field's errors as data.
pub fn errors(answer: &Value) -> Vec<String> {
    let payload = answer["data"].as_object().and_then(|data| data.values().next());
    let errors = payload.and_then(|payload| payload["errors"].as_array());
    errors.into_iter().flatten().filter_map(|error| error["code"].as_str()).map(String::from).collect()
}

/// The code of the first top-level error.
pub fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

/// An object's id.
pub fn id(object: &Value) -> String {
    object["id"].as_str().unwrap_or_else(|| panic!("no id: {object}")).to_owned()
}

/// An amount of two decimals in minor units.
pub fn minor(money: &Value) -> i64 {
    money["amount"].as_str().unwrap().replace('.', "").parse().unwrap()
}
