// Every message is there in both languages, with the same arguments, and is used somewhere.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = new URL('../src/', import.meta.url).pathname
const languages = ['en', 'zh-CN']
const flaws = []
const read = (language, part) => JSON.parse(readFileSync(join(root, 'locales', language, part), 'utf8'))

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'gql' || entry.name === 'locales' ? [] : walk(path)
    return /\.tsx?$/.test(entry.name) ? [readFileSync(path, 'utf8')] : []
  })
}
const code = walk(root).join('\n')
/** A key stands whole in the code, or its beginning stands in a template: `claim.status.${status}`. */
const used = (key) =>
  code.includes(`'${key}'`) ||
  key.split('.').some((_, index, parts) => index > 0 && code.includes(`\`${parts.slice(0, index).join('.')}.\${`))
const names = (text) => [...text.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((match) => match[1]).sort().join()

const seen = new Map()
for (const part of readdirSync(join(root, 'locales', 'en'))) {
  const [english, chinese] = languages.map((language) => read(language, part))
  for (const key of new Set([...Object.keys(english), ...Object.keys(chinese)])) {
    if (!(key in english)) flaws.push(`${part}: ${key} is missing in en`)
    else if (!(key in chinese)) flaws.push(`${part}: ${key} is missing in zh-CN`)
    else if (names(english[key]) !== names(chinese[key])) flaws.push(`${part}: ${key} has other arguments in zh-CN`)
    if (seen.has(key)) flaws.push(`${part}: ${key} stands in ${seen.get(key)} too`)
    seen.set(key, part)
    if (!used(key)) flaws.push(`${part}: ${key} is not used`)
  }
}
for (const match of code.matchAll(/\bt\('([\w.-]+)'/g)) {
  if (!seen.has(match[1])) flaws.push(`the code asks for ${match[1]}, which is in no catalogue`)
}
for (const flaw of flaws) console.error(flaw)
console.log(`${seen.size} messages in ${languages.join(' and ')}, ${flaws.length} flaws`)
process.exit(flaws.length ? 1 : 0)
