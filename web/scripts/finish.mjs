// After `vite build`: every text file also as .br and .gz beside it, and the documents that the pages send.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url).pathname
copyFileSync(new URL('../src/gql/persisted-documents.json', import.meta.url), join(dist, 'documents.json'))

/** Smaller files would not get smaller. */
const least = 512
for (const entry of readdirSync(join(dist, 'assets'))) {
  if (!/\.(js|css|svg|json|ttf)$/.test(entry)) continue
  const path = join(dist, 'assets', entry)
  const content = readFileSync(path)
  if (content.length < least) continue
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: content.length > 1_000_000 ? 9 : 11 } }
  writeFileSync(`${path}.br`, brotliCompressSync(content, options))
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
}
