import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { load } from './load.mjs'

const { streamsOf } = await load('lib/streams.ts')
const { gql } = await import('urql')
const document = gql('subscription Told($after: String) { told(after: $after) { cursor } }')
const real = globalThis.fetch
afterEach(() => (globalThis.fetch = real))

/** Opens a stream that the server answers so; what it told until it ended. */
function told(answer, after = null) {
  globalThis.fetch = async () => answer
  return new Promise((done) => {
    const said = { open: 0, heard: 0, data: [], signedOut: [], refused: 0 }
    const streams = streamsOf(() => ({ tenant: 'shop', token: 'tok' }), { onSignedOut: (token) => said.signedOut.push(token), onRefused: () => (said.refused += 1) })
    streams(document, { after }, {
      open: () => (said.open += 1),
      heard: () => (said.heard += 1),
      next: (data) => said.data.push(data.told.cursor),
      end: (why) => done({ ...said, why }),
    })
  })
}
const events = (...parts) => new Response(new ReadableStream({
  async start(body) {
    for (const part of parts) {
      body.enqueue(new TextEncoder().encode(part))
      await new Promise((wait) => setTimeout(wait, 5))
    }
    body.close()
  },
}), { headers: { 'content-type': 'text/event-stream' } })
const next = (payload) => `event: next\ndata: ${JSON.stringify(payload)}\n\n`
const complete = 'event: complete\ndata:\n\n'

test('a stream tells when it opens, each push, and every heartbeat, though that is a comment', async () => {
  const { why, open, heard, data } = await told(events(':\n\n', ':\n\n', next({ data: { told: { cursor: 'c1' } } }), ':\n\n'))
  assert.deepEqual({ why, open, heard, data }, { why: 'lost', open: 1, heard: 4, data: ['c1'] })
})

test('a token that does not hold any more ends the session, that of the stream', async () => {
  const { why, signedOut } = await told(new Response('{}', { status: 401 }))
  assert.deepEqual([why, signedOut], ['over', ['tok']])
  const within = await told(events(next({ errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] }), complete))
  assert.deepEqual([within.why, within.signedOut], ['over', ['tok']])
})

test('what is not allowed is told as for every other request', async () => {
  assert.deepEqual(await told(new Response('{}', { status: 403 })).then(({ why, refused }) => [why, refused]), ['refused', 1])
  const within = await told(events(next({ errors: [{ message: 'no', extensions: { code: 'FORBIDDEN' } }] }), complete))
  assert.deepEqual([within.why, within.refused, within.data], ['refused', 1, []])
})

test('a server that wants to be left alone says for how long', async () => {
  assert.deepEqual((await told(new Response('{}', { status: 429, headers: { 'retry-after': '7' } }))).why, { wait: 7_000 })
  assert.deepEqual((await told(new Response('{}', { status: 503 }))).why, { wait: 1_000 })
})

test('a cursor that is refused is told apart from a lost connection', async () => {
  const refused = () => events(next({ errors: [{ message: 'no', extensions: { code: 'BAD_REQUEST' } }] }), complete)
  assert.equal((await told(refused(), 'c9')).why, 'stale')
  assert.equal((await told(refused())).why, 'lost')
  globalThis.fetch = async () => { throw new TypeError('offline') }
  assert.equal((await told(Response.error())).why, 'lost')
})
