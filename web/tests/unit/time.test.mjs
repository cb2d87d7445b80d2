import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from './load.mjs'

const { formatSpan, formatTime } = await load('lib/time.ts')

test('a length of time is told in its two largest units', () => {
  assert.equal(formatSpan(0, 'en'), '0 seconds')
  assert.equal(formatSpan(59.9, 'en'), '59 seconds')
  assert.equal(formatSpan(60, 'en'), '1 minute')
  assert.equal(formatSpan(3_725, 'en'), '1 hour, 2 minutes')
  assert.equal(formatSpan(86_400, 'en'), '1 day')
  assert.equal(formatSpan(2 * 86_400 + 3 * 3_600 + 59, 'en'), '2 days, 3 hours')
  assert.match(formatSpan(2 * 86_400 + 3_600, 'zh-CN'), /^2天1小时$/)
})

test('units that do not follow each other are not told together', () => {
  assert.equal(formatSpan(86_400 + 5, 'en'), '1 day')
  assert.equal(formatSpan(3_600 + 1, 'en'), '1 hour')
})

test('nothing is shorter than no time', () => assert.equal(formatSpan(-5, 'en'), '0 seconds'))

test('a time is written in the reader’s language', () => {
  const at = '2026-11-26T01:26:33.408299Z'
  assert.match(formatTime(at, 'en', 'date'), /^Nov 2[56], 2026$/)
  assert.match(formatTime(at, 'zh-CN', 'date'), /^2026年11月2[56]日$/)
  assert.match(formatTime(at, 'en', 'long'), /\d:\d\d:33/)
})
