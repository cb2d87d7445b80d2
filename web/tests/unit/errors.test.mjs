import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from './load.mjs'

const { faultText, freshKey, refusalText, troubles } = await load('lib/errors.ts')
const words = { 'error.OUT_OF_STOCK': 'Sold out', 'fault.network': 'No line', 'fault.THROTTLED': 'Slower', 'fault.INTERNAL': 'Ours: {request}' }
const t = (id, values) => (words[id] ?? id).replace(/\{(\w+)\}/g, (_, name) => String(values?.[name]))
const refusal = (code) => ({ code, message: `the server says ${code}`, path: ['input'] })
const fault = (code, requestId) => ({ graphQLErrors: [{ extensions: { code, requestId } }] })

test('a refusal is told by its code, and in the server’s words where the code has none', () => {
  assert.equal(refusalText(t, refusal('OUT_OF_STOCK')), 'Sold out')
  assert.equal(refusalText(t, refusal('SOMETHING_NEW')), 'the server says SOMETHING_NEW')
})

test('a fault is told by its code; one of ours with the request’s id', () => {
  assert.equal(faultText(t, { networkError: new Error('x'), graphQLErrors: [] }), 'No line')
  assert.equal(faultText(t, fault('THROTTLED', 'r1')), 'Slower')
  assert.equal(faultText(t, fault('INTERNAL', 'r2')), 'Ours: r2')
  assert.equal(faultText(t, fault('NEVER_HEARD_OF', 'r3')), 'Ours: r3')
  assert.equal(faultText(t, { graphQLErrors: [] }), 'Ours: ')
})

test('no fault and no refusal is no trouble', () => {
  assert.deepEqual(troubles(t, undefined, []), [])
  assert.deepEqual(troubles(t, undefined, undefined), [])
  assert.deepEqual(troubles(t, undefined, [refusal('OUT_OF_STOCK'), refusal('X')]), ['Sold out', 'the server says X'])
  assert.deepEqual(troubles(t, fault('THROTTLED'), [refusal('X')]), ['Slower'])
})

test('an intention has a name of its own that the API takes', () => {
  const keys = new Set(Array.from({ length: 1000 }, freshKey))
  assert.equal(keys.size, 1000)
  for (const key of keys) assert.match(key, /^[!-~]{16,128}$/)
})
