// What the pages weigh, gzipped, by the build's manifest. Fails where an entry or a lazy page is over its budget.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'))
const kilo = 1000
const budgets = {
  'src/storefront/main.tsx': { js: 115 * kilo, css: 15 * kilo },
  'src/console/main.tsx': { js: 220 * kilo },
}
/** A page that is fetched when it is gone to, without what its entry has already. */
const lazy = 90 * kilo
/** The explorer has an editor in it, for people who write queries. */
const exempt = ['src/graphiql/main.tsx']

const weights = new Map()
function weight(file) {
  if (!weights.has(file)) weights.set(file, gzipSync(readFileSync(join(dist, file)), { level: 9 }).length)
  return weights.get(file)
}
/** A chunk and everything that it can't begin without. */
function needs(key, seen = new Set()) {
  if (seen.has(key)) return seen
  seen.add(key)
  for (const other of manifest[key].imports ?? []) needs(other, seen)
  return seen
}
const sum = (files) => [...new Set(files)].reduce((total, file) => total + weight(file), 0)
const scripts = (keys) => sum([...keys].map((key) => manifest[key].file).filter((file) => file.endsWith('.js')))
const styles = (keys) => sum([...keys].flatMap((key) => manifest[key].css ?? []))
const isMessages = (key) => key.includes('virtual:messages/')

let over = 0
function say(name, size, most) {
  const told = `${(size / kilo).toFixed(1)} kB`.padStart(10)
  if (most && size > most) over++
  console.log(`${told} ${most ? `of ${(most / kilo).toFixed(0)} kB`.padEnd(10) : ''.padEnd(10)} ${name}${most && size > most ? '  OVER' : ''}`)
}

for (const [entry, budget] of Object.entries(budgets)) {
  if (!manifest[entry]) continue
  const first = needs(entry)
  const later = manifest[entry].dynamicImports ?? []
  // One language is fetched with the entry: the heavier one counts.
  const app = entry.split('/')[1]
  const languages = later.filter((key) => key.includes(`virtual:messages/${app}/`)).map((key) => scripts([key]))
  say(`${entry} and one language`, scripts(first) + Math.max(0, ...languages), budget.js)
  say(`${entry} styles`, styles(first), budget.css)
  const pages = new Set([...first].flatMap((key) => manifest[key].dynamicImports ?? []).filter((key) => !isMessages(key)))
  for (const key of pages) say(key, scripts([...needs(key)].filter((one) => !first.has(one))), lazy)
}
for (const entry of exempt) if (manifest[entry]) say(`${entry} (no budget)`, scripts(needs(entry)))
process.exit(over ? 1 : 0)
