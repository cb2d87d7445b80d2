import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const persisted = fileURLToPath(new URL('../src/gql/persisted-documents.json', import.meta.url))
const prefix = 'virtual:documents/'

/** Every operation by its name, as code generation printed it: its text, fragments included, and its hash. */
function operations(): Map<string, { hash: string; text: string }> {
  const all = Object.entries(JSON.parse(readFileSync(persisted, 'utf8')) as Record<string, string>)
  return new Map(all.flatMap(([hash, text]) => {
    const name = /(?:query|mutation|subscription)\s+(\w+)/.exec(text)?.[1]
    return name ? [[name, { hash, text }]] : []
  }))
}

/** Each `graphql(`…`)` becomes a module of its own: a page carries the documents that it sends and no other. The map
 *  that code generation writes has all of them in it. A fragment is only types, and becomes nothing. */
export function documents(): Plugin {
  let known: ReturnType<typeof operations>
  return {
    name: 'cardamom-documents',
    apply: 'build',
    enforce: 'pre',
    buildStart() {
      known = operations()
    },
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${prefix}`)) return undefined
      const found = known.get(id.slice(prefix.length + 1))
      if (!found) return this.error(`code generation knows no ${id.slice(prefix.length + 1)}`)
      const text = found.text.replace(/\s+/g, ' ').replace(/ ?([{}():,]) ?/g, '$1').trim()
      return [
        "import { gql } from 'urql'",
        `const document = gql(${JSON.stringify(text)})`,
        `document.__meta__ = { hash: ${JSON.stringify(found.hash)} }`,
        'export default document',
      ].join('\n')
    },
    transform(code, id) {
      if (!/\/src\/.*\.tsx?$/.test(id) || id.includes('/src/gql/') || !code.includes('graphql(`')) return undefined
      const imports: string[] = []
      const changed = code
        .replace(/\bgraphql\(`([^`]*)`\)/g, (_, text: string) => {
          const name = /^\s*(?:query|mutation|subscription)\s+(\w+)/.exec(text)?.[1]
          if (!name) return 'undefined'
          imports.push(`import document${name} from '${prefix}${name}'`)
          return `document${name}`
        })
        .replace(/^import \{ graphql \} from '@\/gql'\n/m, '')
      // On the first line, so that every other line keeps its number.
      return { code: `${imports.join(';')};${changed}`, map: null }
    },
  }
}
