import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { load } from './load.mjs'

const { endOf, keep, pause, quiet } = await load('lib/live.ts')
const { waitOf } = await load('lib/wait.ts')

/** A line whose openings are kept, and what it told. */
function line() {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  const [opened, told] = [[], []]
  const kept = keep((after, sink, anew) => {
    const one = { after, anew, sink, closed: false }
    opened.push(one)
    return () => (one.closed = true)
  }, (said) => told.at(-1) !== said && told.push(said))
  return { opened, told, kept, last: () => opened.at(-1), pass: (ms) => mock.timers.tick(ms), end: () => { kept.close(); mock.timers.reset() } }
}
const refusal = (code) => ({ graphQLErrors: [{ extensions: { code } }] })

test('a line is live as soon as it is open, long before anything comes', () => {
  const { told, last, end } = line()
  last().sink.open()
  assert.deepEqual(told, ['live'])
  end()
})

test('a line that was lost goes on from its cursor, and is live again without waiting for a heartbeat', () => {
  const { opened, told, last, pass, end } = line()
  last().sink.open()
  last().sink.heard('c1')
  last().sink.end('lost')
  assert.deepEqual(told, ['live', 'lost'])
  pass(700)
  assert.deepEqual([opened.length, last().after, last().anew], [2, 'c1', false])
  assert.ok(opened[0].closed)
  last().sink.open()
  pass(1_000)
  assert.deepEqual(told, ['live', 'lost', 'live'])
  end()
})

test('a line that is refused right after it opened never looks live, and is tried ever more seldom', () => {
  const { opened, told, last, pass, end } = line()
  last().sink.end('lost')
  for (let turn = 0; turn < 60; turn++) {
    if (opened.length > 1) last().sink.open()
    last().sink.end('lost')
    pass(1_000)
  }
  assert.deepEqual(told, ['lost'])
  assert.ok(opened.length < 12, `${opened.length} tries in a minute`)
  end()
})

test('a line that is quiet for longer than three heartbeats is lost', () => {
  const { opened, told, last, pass, end } = line()
  last().sink.open()
  for (let beat = 0; beat < 5; beat++) {
    pass(quiet - 1)
    last().sink.heard()
  }
  assert.deepEqual([told, opened.length], [['live'], 1])
  pass(quiet)
  assert.deepEqual(told, ['live', 'lost'])
  pass(1_000)
  assert.equal(opened.length, 2)
  end()
})

test('a cursor that is refused is dropped: the line begins anew, and is not called lost', () => {
  const { opened, told, last, pass, end } = line()
  last().sink.open()
  last().sink.heard('c1')
  last().sink.end('stale')
  assert.deepEqual(told, ['live', 'connecting'])
  pass(1_000)
  assert.deepEqual([opened.length, last().after, last().anew], [2, null, true])
  last().sink.heard('c2')
  assert.equal(told.at(-1), 'live')
  last().sink.end('lost')
  pass(1_000)
  assert.deepEqual([last().after, last().anew], ['c2', false])
  end()
})

test('a server that wants to be left alone is left alone for so long', () => {
  const { opened, told, last, pass, end } = line()
  last().sink.end({ wait: 20_000 })
  pass(19_999)
  assert.deepEqual([opened.length, told], [1, ['connecting']])
  pass(1_000)
  assert.equal(opened.length, 2)
  end()
})

test('where nobody is signed in any more, nothing is tried again', () => {
  const { opened, last, pass, end } = line()
  last().sink.open()
  last().sink.end('over')
  pass(600_000)
  assert.equal(opened.length, 1)
  end()
})

test('what an attempt says that was given up changes nothing', () => {
  const { opened, told, kept, pass, end } = line()
  opened[0].sink.open()
  kept.again()
  opened[0].sink.end('lost')
  opened[0].sink.heard('old')
  pass(0)
  assert.deepEqual([told, opened.length, opened[0].closed], [['live'], 2, true])
  end()
})

test('an error says how to go on', () => {
  assert.equal(endOf({ graphQLErrors: [], networkError: new Error('x') }, null), 'lost')
  assert.equal(endOf(refusal('UNAUTHENTICATED'), 'c'), 'over')
  assert.equal(endOf(refusal('FORBIDDEN'), 'c'), 'refused')
  assert.equal(endOf(refusal('BAD_REQUEST'), 'c'), 'stale')
  assert.equal(endOf(refusal('BAD_REQUEST'), null), 'lost')
  assert.deepEqual(endOf(refusal('THROTTLED'), 'c'), { wait: 1000 })
  assert.equal(endOf({ graphQLErrors: [], networkError: { code: 4401 } }, null), 'over')
  assert.deepEqual(endOf({ graphQLErrors: [], networkError: { code: 1013 } }, null), { wait: 1000 })
})

test('how long to wait is read from the answer', () => {
  const answer = (said) => ({ headers: { get: () => said } })
  assert.equal(waitOf(answer('7')), 7_000)
  assert.equal(waitOf(answer(null)), 1_000)
  assert.equal(waitOf(answer('soon')), 1_000)
  assert.equal(waitOf(undefined), 1_000)
})

test('the pause grows, and never beyond half a minute and a bit', () => {
  assert.ok(pause(0) <= 625 && pause(0) >= 375)
  assert.ok(pause(50) <= 37_500)
})
