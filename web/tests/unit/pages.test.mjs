import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from './load.mjs'

const { Reading } = await load('lib/reading.ts')
const { everything, mostRows } = await load('lib/everything.ts')
const fault = (code, headers = {}) => ({ graphQLErrors: [{ extensions: { code } }], response: { headers: { get: (name) => headers[name] ?? null } } })
const offline = { graphQLErrors: [], networkError: new Error('offline') }

/** A list of a server's, read three at a time; every question waits until it is answered. */
function list(rows) {
  const server = { rows, asked: [], shown: null }
  const size = 3
  const reading = new Reading((after, fresh, told) => {
    const one = { after, fresh, open: true }
    one.answer = (error) => {
      const from = after === null ? 0 : server.rows.findIndex((row) => row > after)
      const found = from < 0 ? [] : server.rows.slice(from, from + size)
      const more = from >= 0 && server.rows.length > from + size
      one.done = true
      if (one.open) told(error ? { error, stale: false } : { page: { rows: found, end: more ? found.at(-1) : null }, stale: false })
    }
    one.cached = (page) => told({ page, stale: true })
    server.asked.push(one)
    return () => (one.open = false)
  }, (shown) => (server.shown = shown))
  /** Answers what waits, and what that leads to. */
  const settle = (error) => {
    for (let one; (one = server.asked.find(({ open, done }) => open && !done)); ) one.answer(error)
  }
  return { reading, server, settle, seen: () => server.shown.rows.join('') }
}
const letters = (text) => [...text]

test('a list is read page by page to its end', () => {
  const { reading, server, settle, seen } = list(letters('abcdefgh'))
  assert.equal(server.shown.loading, true)
  settle()
  assert.deepEqual([seen(), server.shown.loading, server.shown.more], ['abc', false, true])
  reading.more()
  assert.deepEqual([seen(), server.shown.loading], ['abc', true])
  reading.more()
  settle()
  reading.more()
  settle()
  assert.deepEqual([seen(), server.shown.more, server.shown.error], ['abcdefgh', false, null])
  assert.deepEqual(server.asked.map(({ after }) => after), [null, 'c', 'f'])
})

test('a next page that can’t be had leaves the list as it was, says so, and can be tried again', () => {
  const { reading, server, settle, seen } = list(letters('abcde'))
  settle()
  reading.more()
  settle(offline)
  assert.deepEqual([seen(), server.shown.more, server.shown.loading, server.shown.error], ['abc', true, false, offline])
  reading.retry()
  assert.deepEqual([server.shown.loading, server.shown.error], [true, null])
  settle(offline)
  reading.more()
  settle()
  assert.deepEqual([seen(), server.shown.more, server.shown.error], ['abcde', false, null])
})

test('a first page that can’t be had is an error and no empty list', () => {
  const { reading, server, settle } = list(letters('ab'))
  settle(offline)
  assert.deepEqual([server.shown.rows, server.shown.error, server.shown.loading], [[], offline, false])
  reading.retry()
  settle()
  assert.deepEqual([server.shown.rows.join(''), server.shown.error], ['ab', null])
})

test('what was read stays when it can’t be read again', () => {
  const { reading, server, settle, seen } = list(letters('abcde'))
  settle()
  reading.more()
  settle()
  reading.reload()
  settle(offline)
  assert.deepEqual([seen(), server.shown.error, server.shown.more], ['abcde', offline, false])
  server.rows = letters('abcd')
  reading.retry()
  settle()
  assert.deepEqual([seen(), server.shown.error], ['abcd', null])
})

test('what is new at the beginning pushes nothing out between two pages', () => {
  const { reading, server, settle, seen } = list(letters('bcdefgh'))
  settle()
  reading.more()
  settle()
  assert.equal(seen(), 'bcdefg')
  server.rows = letters('abcdefgh')
  const shown = []
  reading.reload()
  for (let one; (one = server.asked.find(({ open, done }) => open && !done)); shown.push(seen())) one.answer()
  assert.deepEqual(shown, ['bcdefg', 'abcdef'], 'never a row twice, never one missing')
  assert.equal(server.shown.more, true)
})

test('a list that has become shorter loses its pages behind the end', () => {
  const { reading, server, settle, seen } = list(letters('abcdefgh'))
  settle()
  reading.more()
  settle()
  server.rows = letters('ab')
  reading.reload()
  settle()
  assert.deepEqual([seen(), server.shown.more], ['ab', false])
})

test('asked to read anew while it does, it does so once more', () => {
  const { reading, server, settle, seen } = list(letters('ab'))
  settle()
  reading.reload()
  for (let turn = 0; turn < 5; turn++) reading.reload()
  server.rows = letters('abc')
  settle()
  assert.deepEqual([seen(), server.asked.length], ['abc', 3])
})

test('what the cache has is shown while the server is asked', () => {
  const { server, settle, seen } = list(letters('abcd'))
  server.asked[0].cached({ rows: ['x'], end: null })
  assert.deepEqual([seen(), server.shown.loading], ['x', false])
  settle()
  assert.equal(seen(), 'abc')
})

/** A server's list for a file; `faults` are what it says before it answers. */
function exported(length, faults = []) {
  const asked = []
  const waited = []
  const ask = async (first, after) => {
    asked.push(first)
    const error = faults.shift()
    if (error) return { error }
    const from = after === null ? 0 : Number(after)
    const rows = Array.from({ length: Math.min(first, length - from) }, (_, index) => from + index)
    return { rows, end: from + rows.length < length ? String(from + rows.length) : null }
  }
  return { asked, waited, run: () => everything(ask, () => {}, { usual: 25, wait: async (ms) => void waited.push(ms) }) }
}

test('a file has every row, a hundred a request', async () => {
  const { asked, run } = exported(250)
  const { rows, cut } = await run()
  assert.deepEqual([rows.length, new Set(rows).size, cut, asked], [250, 250, false, [100, 100, 100]])
})

test('a server that wants to be left alone is left alone, and the file is whole', async () => {
  const { waited, run } = exported(150, [null, fault('THROTTLED', { 'retry-after': '7' }), fault('UNAVAILABLE')])
  const { rows } = await run()
  assert.deepEqual([rows.length, waited], [150, [7_000, 1_000]])
})

test('half a file is none', async () => {
  await assert.rejects(exported(150, [null, fault('INTERNAL')]).run())
  await assert.rejects(exported(150, [null, offline, offline, offline]).run())
  await assert.rejects(exported(150, Array.from({ length: 50 }, () => fault('THROTTLED'))).run())
})

test('pages that would cost too much are asked for as they usually are', async () => {
  const { asked, run } = exported(60, [fault('BAD_REQUEST')])
  assert.deepEqual([(await run()).rows.length, asked], [60, [100, 25, 25, 25]])
})

test('a list that no file can hold is cut, and that is said', async () => {
  const { rows, cut } = await exported(mostRows + 1).run()
  assert.deepEqual([rows.length, cut], [mostRows, true])
})
