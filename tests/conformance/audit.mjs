// Runs the published GraphQL-over-HTTP audits against a running server: node audit.mjs http://…/graphql
import { pathToFileURL } from 'node:url';
import { serverAudits } from 'graphql-http';

/** @returns {Promise<number>} how many audits failed as an error */
export async function audit(url) {
  const tally = { ok: 0, notice: 0, warn: 0, error: 0 };
  // One at a time: the verdict must not depend on how many run at once.
  for (const { fn } of serverAudits({ url, fetchFn: fetch })) {
    const result = await fn();
    tally[result.status] += 1;
    if (result.status !== 'ok') {
      const answer = result.response ? ` (HTTP ${result.response.status})` : '';
      console.log(`${result.status.padEnd(6)} ${result.id} ${result.name}${answer}: ${result.reason}`);
    }
  }
  console.log(`audits: ${Object.entries(tally).map(([status, count]) => `${count} ${status}`).join(', ')}`);
  return tally.error;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const url = process.argv[2];
  if (!url) {
    console.error('usage: node audit.mjs <url of the GraphQL endpoint>');
    process.exit(2);
  }
  process.exit((await audit(url)) > 0 ? 1 : 0);
}
