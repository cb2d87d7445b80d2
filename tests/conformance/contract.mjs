// Fails when schema.graphql takes away, or changes, what a client of core.graphql relies on:
// node contract.mjs [schema.graphql [core.graphql]]
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSchema, findBreakingChanges, findDangerousChanges } from 'graphql';

const beside = (path) => fileURLToPath(new URL(path, import.meta.url));

/** @returns {number} how many changes would break a client */
export function contract(schemaPath = beside('../../schema.graphql'), corePath = beside('core.graphql')) {
  if (!existsSync(schemaPath)) {
    console.log('contract: there is no schema.graphql');
    return 1;
  }
  const core = buildSchema(readFileSync(corePath, 'utf8'));
  const schema = buildSchema(readFileSync(schemaPath, 'utf8'));
  const breaking = findBreakingChanges(core, schema);
  for (const change of breaking) console.log(`breaking: ${change.type}: ${change.description}`);
  // An enum value or an implementation more is what the contract allows; the rest is worth a look.
  const allowed = ['VALUE_ADDED_TO_ENUM', 'IMPLEMENTED_INTERFACE_ADDED', 'OPTIONAL_INPUT_FIELD_ADDED', 'OPTIONAL_ARG_ADDED', 'TYPE_ADDED_TO_UNION'];
  for (const change of findDangerousChanges(core, schema)) {
    if (!allowed.includes(change.type)) console.log(`notice: ${change.type}: ${change.description}`);
  }
  console.log(`contract: ${breaking.length} breaking changes`);
  return breaking.length;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exit(contract(process.argv[2], process.argv[3]) > 0 ? 1 : 0);
}
