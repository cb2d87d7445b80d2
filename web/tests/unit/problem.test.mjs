import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { load } from './load.mjs'

const { contentText, failureText, problemText } = await load('console/imports/problem.ts')
const server = new URL('../../../src/inventory/', import.meta.url)
const read = (path) => readFileSync(new URL(path, server), 'utf8').split('#[cfg(test)]')[0]
const parser = readdirSync(new URL('parse/', server)).filter((name) => name !== 'tests.rs').map((name) => `parse/${name}`)
const words = (language) => JSON.parse(readFileSync(new URL(`../../src/locales/${language}/console-trade.json`, import.meta.url), 'utf8'))
const t = (language) => {
  const all = words(language)
  return (id, values) => {
    assert.ok(id in all, id)
    return all[id].replace(/\{(\w+)\}/g, (_, name) => values?.[name] ?? assert.fail(`${id} has no ${name}`))
  }
}

/** Whatever is written in the server's code as a reason: texts of several words that are no fault of its own, no doc
 *  and no SQL. */
function reasons() {
  const sources = [...parser, 'secret.rs', 'batch.rs', 'import_run.rs'].map(read).map((source) => source.replace(/^\s*\/\/.*$/gm, ''))
  const said = sources.flatMap((source) => [...source.matchAll(/(Fault::new\(|format!\(\s*)?"((?:is|has|must|names|was|the|cost|expires_at) [^"\\]*)"/g)])
  return [...new Set(said.filter(([, before]) => !before?.startsWith('Fault')).map(([, , text]) => text))].filter((text) => !text.startsWith('the content'))
}

test('every reason that the server gives for a line is told in both languages', () => {
  const all = reasons()
  for (const sample of ['has no secret', 'is not valid UTF-8', 'is neither valid UTF-8 nor valid GBK', 'has expired already', 'has a quote that is not closed', 'is longer than 16384 bytes', 'was imported before', 'is the same card as an earlier line', 'is the same card as line {same}']) assert.ok(all.includes(sample), sample)
  assert.ok(all.length >= 23, all.join('\n'))
  for (const reason of all) {
    const text = reason.replace('{same}', '7')
    for (const language of ['en', 'zh-CN']) {
      const said = problemText(t(language), text)
      assert.notEqual(said, text, `${language}: ${text}`)
      for (const figure of text.match(/\b\d{3,}\b|\b7\b/g) ?? []) assert.ok(said.includes(figure), `${said} says nothing of ${figure}`)
    }
  }
})

test('a file that is refused as a whole is told like its lines', () => {
  assert.equal(contentText(t('zh-CN'), 'the content is UTF-16; save it as UTF-8'), words('zh-CN')['problem.utf16'])
  assert.equal(contentText(t('zh-CN'), 'the content holds no card'), words('zh-CN')['problem.none'])
  assert.equal(contentText(t('zh-CN'), 'something new'), 'something new')
})

test('how an import ended is told in both languages', () => {
  // As the server puts them together, in Rust and in SQL.
  assert.match(read('import_run.rs'), /"It failed after \{lines\} lines\. Sending the same content with the same idempotencyKey \{again\}\."/)
  assert.match(read('import_store.rs'), /'It was cut off after ' \|\| processed \|\| ' lines\. Sending/)
  for (const how of ['failed', 'was cut off']) {
    for (const next of ['continues it', 'begins it again']) {
      const failure = `It ${how} after 4000 lines. Sending the same content with the same idempotencyKey ${next}.`
      for (const language of ['en', 'zh-CN']) assert.ok(failureText(t(language), failure).includes('4000'))
      assert.doesNotMatch(failureText(t('zh-CN'), failure), /lines|Sending/)
    }
  }
  assert.equal(failureText(t('en'), 'Something else.'), 'Something else.')
})
