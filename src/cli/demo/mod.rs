pub(super) async fn make(_server: &super::server::Server) -> anyhow::Result<()> {
    Ok(())
}
pub(super) fn introduce(_url: &str) {}
