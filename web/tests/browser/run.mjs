// npm run test:browser: the pages in the system's Chromium, against the program itself with its demo network.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const program = process.env.CARDAMOM_BIN ?? join(here, '../../../target/debug/cardamom')
const only = process.argv.slice(2)
const tests = readdirSync(here).filter((name) => name.endsWith('.test.mjs') && (only.length === 0 || only.some((one) => name.includes(one))))

const folder = mkdtempSync(join(tmpdir(), 'cardamom-pages-'))
// As root the program runs PostgreSQL as another user, who must be able to get there.
chmodSync(folder, 0o755)
const env = { PATH: process.env.PATH, CARDAMOM_DATA_DIR: join(folder, 'data'), CARDAMOM_LOG: 'warn', CARDAMOM_RATE_LIMIT: 'off' }
const server = spawn(program, ['serve', '--demo', '--listen', '127.0.0.1:0'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
const ended = new Promise((resolve) => server.once('exit', resolve))
let status = 1
try {
  const url = await new Promise((resolve, reject) => {
    let said = ''
    server.stdout.on('data', (text) => {
      said += text
      const found = said.match(/is ready: (http:\/\/[^/\s]+)/)
      if (found) resolve(found[1])
    })
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
  // One file after the other: they share the machine, and some of them the demo's people.
  const run = spawnSync(process.execPath, ['--test', '--test-concurrency=1', ...(process.env.ONLY ? ['--test-name-pattern', process.env.ONLY] : []), ...tests.map((name) => join(here, name))], {
    env: { ...process.env, CARDAMOM_URL: url, CARDAMOM_PROGRAM: program },
    stdio: 'inherit',
  })
  status = run.status ?? 1
} finally {
  server.kill('SIGTERM')
  await ended
  rmSync(folder, { recursive: true, force: true })
}
process.exit(status)
