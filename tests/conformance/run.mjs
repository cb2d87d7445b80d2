// npm test: the schema against its contract, then the GraphQL-over-HTTP audits against a real server: the one at
// CARDAMOM_URL, or one that is started for it.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { audit } from './audit.mjs';
import { contract } from './contract.mjs';
import { withServer } from './server.mjs';

let failed = contract() > 0;
const program = process.env.CARDAMOM_BIN ?? fileURLToPath(new URL('../../target/debug/cardamom', import.meta.url));
if (process.env.CARDAMOM_URL) {
  failed = (await audit(process.env.CARDAMOM_URL)) > 0 || failed;
} else if (existsSync(program)) {
  failed = (await withServer(program, audit)) > 0 || failed;
} else {
  console.log(`audits: there is no ${program}`);
  failed = true;
}
process.exit(failed ? 1 : 0);
