import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileMessage } from '@lingui/message-utils/compileMessage'
import type { Plugin } from 'vite'

const root = new URL('../src/locales/', import.meta.url).pathname
const prefix = 'virtual:messages/'

/** Every message of a language that an application shows, as `locales/<language>/<part>.json` has them. */
export function read(language: string, parts: readonly string[]): Record<string, string> {
  const all: Record<string, string> = {}
  for (const part of parts) {
    Object.assign(all, JSON.parse(readFileSync(join(root, language, `${part}.json`), 'utf8')))
  }
  return all
}

/** What the storefront's first look says. The rest of its words come with the first page that is gone to. */
const first = ['common', 'common-terms', 'storefront']

/** The parts that there are for an application: what both share, and its own. */
export function partsOf(app: string): string[] {
  const names = readdirSync(join(root, 'en')).map((name) => name.replace(/\.json$/, ''))
  const of = (whose: string) => names.filter((name) => [whose, 'common'].some((one) => name === one || name.startsWith(`${one}-`)))
  if (app === 'storefront') return first
  if (app === 'storefront-more') return of('storefront').filter((name) => !first.includes(name))
  return of(app)
}

/** `virtual:messages/<app>/<language>`: ICU messages, compiled when the pages are built and not in the browser. */
export function messages(): Plugin {
  return {
    name: 'cardamom-messages',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${prefix}`)) return undefined
      const [app = '', language = ''] = id.slice(prefix.length + 1).split('/')
      const parts = partsOf(app)
      for (const part of parts) this.addWatchFile(join(root, language, `${part}.json`))
      const compiled = Object.fromEntries(
        Object.entries(read(language, parts)).map(([key, text]) => [key, compileMessage(text)]),
      )
      return `export default ${JSON.stringify(compiled)}`
    },
  }
}
