// The words of the pages, so that a test reads the same in both languages.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const root = fileURLToPath(new URL('../../src/locales/', import.meta.url))

/** `t(key)`: the message; a pattern where it has arguments, which match anything. */
export function words(language) {
  const all = {}
  for (const part of readdirSync(join(root, language))) Object.assign(all, JSON.parse(readFileSync(join(root, language, part), 'utf8')))
  return (key) => {
    const text = all[key]
    if (text === undefined) throw new Error(`there is no message ${key}`)
    if (!text.includes('{')) return text
    // Plurals and the like: what stands before the first argument has to do.
    const plain = text.split(/\{\w+\}/)
    const tame = (part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    return plain.some((part) => part.includes('{')) ? new RegExp('.') : new RegExp(plain.map(tame).join('.*'))
  }
}
