// npm test: the contract always; the audits where CARDAMOM_URL names the GraphQL endpoint of a running server.
import { audit } from './audit.mjs';
import { contract } from './contract.mjs';

let failed = contract() > 0;
const url = process.env.CARDAMOM_URL;
if (url) {
  failed = (await audit(url)) > 0 || failed;
} else {
  console.log('audits: skipped, CARDAMOM_URL is not set');
}
process.exit(failed ? 1 : 0);
