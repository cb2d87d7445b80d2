// Every message is there in both languages, with the same arguments, and is used somewhere; and whatever the code may ask
// for is there: a key that is made of a word, such as `claim.status.${status}`, for every word that its type allows.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, isEnumType } from 'graphql'
import ts from 'typescript'

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

/** Keys of words whose type is just text: whoever makes them says the server's word where there is no message. Where the
 *  schema lists the words, each has one all the same. */
const loose = { error: 'ErrorCode', action: null, noun: null, upload: null, 'verify.part': null, 'money.account': null }
const schema = buildSchema(readFileSync(process.env.CARDAMOM_SCHEMA ?? join(root, '../../schema.graphql'), 'utf8'), { assumeValidSDL: true })
for (const [prefix, name] of Object.entries(loose)) {
  const type = name && schema.getType(name)
  if (name && !isEnumType(type)) flaws.push(`the schema has no words ${name}`)
  for (const { name: word } of type?.getValues() ?? []) {
    if (!seen.has(`${prefix}.${word}`)) flaws.push(`${prefix}.${word} is missing, and ${name} has the word`)
  }
}

/** Every text that an expression of this type may be; null where it may be any. The types of the API's words are made
 *  from the schema. */
function texts(type) {
  const parts = type.isUnion() ? type.types : [type]
  return parts.every((part) => part.isStringLiteral() || part.isNumberLiteral()) ? parts.map((part) => String(part.value)) : null
}
const config = ts.getParsedCommandLineOfConfigFile(join(root, '../tsconfig.json'), {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: console.error })
const program = ts.createProgram(config.fileNames, config.options)
const checker = program.getTypeChecker()
function keys(asked) {
  if (ts.isConditionalExpression(asked)) return [...keys(asked.whenTrue), ...keys(asked.whenFalse)]
  if (!ts.isTemplateExpression(asked)) return texts(checker.getTypeAtLocation(asked)) ?? []
  return asked.templateSpans.reduce((begun, span) => {
    const words = texts(checker.getTypeAtLocation(span.expression))
    if (!words && !(asked.head.text.replace(/\.$/, '') in loose)) {
      flaws.push(`${asked.getText()} in ${asked.getSourceFile().fileName.slice(root.length)} may be anything: its type has to say which words there are`)
    }
    return begun.flatMap((beginning) => (words ?? []).map((word) => `${beginning}${word}${span.literal.text}`))
  }, [asked.head.text])
}
const missing = new Set()
function look(node) {
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 't' && node.arguments[0]) {
    for (const key of keys(node.arguments[0])) if (!seen.has(key)) missing.add(`the code may ask for ${key} (${node.getSourceFile().fileName.slice(root.length)}), which is in no catalogue`)
  }
  ts.forEachChild(node, look)
}
for (const file of program.getSourceFiles()) if (file.fileName.startsWith(root) && !file.fileName.startsWith(join(root, 'gql'))) look(file)
flaws.push(...missing)
for (const flaw of flaws) console.error(flaw)
console.log(`${seen.size} messages in ${languages.join(' and ')}, ${flaws.length} flaws`)
process.exit(flaws.length ? 1 : 0)
