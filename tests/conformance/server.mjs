// A server of its own for the audits: started, given a network whose operator answers at 127.0.0.1, ended.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `work(url of the GraphQL endpoint)` against a server, and ends the server whatever comes of it. */
export async function withServer(program, work) {
  const folder = mkdtempSync(join(tmpdir(), 'cardamom-conformance-'));
  // As root the program runs PostgreSQL as another user, who must be able to get there.
  chmodSync(folder, 0o755);
  const env = { PATH: process.env.PATH, CARDAMOM_DATA_DIR: join(folder, 'data'), CARDAMOM_LOG: 'warn' };
  const server = spawn(program, ['serve', '--listen', '127.0.0.1:0'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  try {
    const url = await ready(server);
    const create = ['network', 'create', '--handle', 'audits', '--name', 'Audits', '--currency', 'CNY'];
    const owner = ['--owner-email', 'owner@audits.example', '--owner-password-stdin'];
    const made = spawnSync(program, [...create, ...owner], { env, input: 'password\n' });
    if (made.status !== 0) throw new Error(`network create: ${made.stderr}`);
    const ask = async (query, token) => {
      const headers = { 'content-type': 'application/json', 'x-tenant': 'audits' };
      if (token) headers.authorization = `Bearer ${token}`;
      const answer = await (await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) })).json();
      if (!answer.data) throw new Error(JSON.stringify(answer));
      return answer.data;
    };
    const signIn = 'sessionCreate(input: {email: "owner@audits.example", password: "password"}) { session { token } }';
    const { session } = (await ask(`mutation { ${signIn} }`)).sessionCreate;
    const { id } = (await ask('{ storefront { id } }')).storefront;
    await ask(`mutation { tenantHostAdd(input: {tenantId: "${id}", host: "127.0.0.1"}) { errors { code } } }`, session.token);
    return await work(url);
  } finally {
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

function ready(server) {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stdout.on('data', (text) => {
      said += text;
      const url = said.match(/http:\S+/);
      if (url) resolve(url[0]);
    });
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
}
