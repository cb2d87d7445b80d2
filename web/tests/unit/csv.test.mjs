import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from './load.mjs'

const { csv } = await load('ui/csv.ts')
const lines = (text) => text.slice(1).split('\r\n')

test('a file of rows begins with the mark of UTF-8 and ends each line as RFC 4180 has it', () => {
  const text = csv(['a', 'b'], [['1', '2']])
  assert.equal(text, '\ufeffa,b\r\n1,2\r\n')
})

test('commas, quotes and line breaks stay within their field', () => {
  assert.equal(lines(csv(['x'], [['a,b'], ['say "hi"'], ['two\nlines']]))[1], '"a,b"')
  assert.equal(lines(csv(['x'], [['say "hi"']]))[1], '"say ""hi"""')
  assert.match(csv(['x'], [['two\nlines']]), /"two\nlines"/)
})

test('what a spreadsheet would take for a formula is text', () => {
  for (const text of ['=1+1', '+cmd', '@SUM(A1)', '-2+3', '＝1+1', '＋cmd', '－2+3', '＠SUM(A1)', '\tx', '\rx']) {
    const field = lines(csv(['x'], [[text]]))[1].replace(/^"|"$/g, '')
    assert.ok(csv(['x'], [[text]]).includes(`'${text[0]}`), field)
  }
})

test('a negative number is a number', () => assert.equal(lines(csv(['x'], [['-31.80'], [-3]]))[1], '-31.80'))

test('nothing is an empty field', () => assert.equal(lines(csv(['x', 'y'], [[null, undefined]]))[1], ','))
