import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from './load.mjs'

const { decimal, formatMoney, micros } = await load('lib/money.ts')

test('a decimal becomes whole micro-units and comes back as it was', () => {
  for (const [text, value] of [['0.00', 0n], ['95.40', 95_400_000n], ['-31.80', -31_800_000n], ['0.000001', 1n], ['123456789012345.123456', 123456789012345123456n]]) {
    assert.equal(micros(text), value, text)
    assert.equal(decimal(value), text)
  }
})

test('a decimal has at least two places, and no more than it needs', () => {
  assert.equal(decimal(micros('7')), '7.00')
  assert.equal(decimal(micros('7.5')), '7.50')
  assert.equal(decimal(micros('7.1234')), '7.1234')
  assert.equal(decimal(-1n), '-0.000001')
})

test('what is no decimal is none', () => {
  for (const text of ['', ' ', 'abc', '1,000', '1.', '.5', '1.0000001', '1e3', '--1', '+1', '0x10', 'NaN', 'Infinity', '1234567890123456']) assert.equal(micros(text), null, text)
})

test('space around a decimal is no part of it', () => assert.equal(micros(' 12.50 '), 12_500_000n))

test('an amount is written in its currency, and no digit is lost', () => {
  assert.equal(formatMoney({ amount: '95.40', currency: 'CNY' }, 'zh-CN'), '¥95.40')
  assert.equal(formatMoney({ amount: '95.40', currency: 'CNY' }, 'en'), '¥95.40')
  assert.equal(formatMoney({ amount: '-1234.5', currency: 'USD' }, 'en'), '-$1,234.50')
  assert.equal(formatMoney({ amount: '0.012345', currency: 'CNY' }, 'en'), '¥0.012345')
  // A float would make …124 of it.
  assert.equal(formatMoney({ amount: '9007199254740993.12', currency: 'USD' }, 'en'), '$9,007,199,254,740,993.12')
})
