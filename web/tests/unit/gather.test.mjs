import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { load } from './load.mjs'

const { gathering } = await load('lib/gather.ts')
const pace = { quiet: 400, most: 2_000 }

test('news that arrives together is told together, once it is quiet', (context) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  context.after(() => mock.timers.reset())
  const told = []
  const news = gathering((items) => told.push(items), pace)
  news.add('a')
  mock.timers.tick(300)
  news.add('b')
  news.add(null)
  mock.timers.tick(399)
  assert.deepEqual(told, [])
  mock.timers.tick(1)
  assert.deepEqual(told, [['a', 'b']])
  mock.timers.tick(10_000)
  assert.equal(told.length, 1)
})

test('where it is never quiet, news is told all the same', (context) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  context.after(() => mock.timers.reset())
  const told = []
  const news = gathering((items) => told.push(items.length), pace)
  for (let turn = 0; turn < 60; turn++) {
    news.add('x')
    mock.timers.tick(100)
  }
  assert.ok(told.length >= 2 && told.length <= 4, `${told.length} times in six seconds`)
  mock.timers.tick(2_000)
  assert.equal(told.reduce((sum, one) => sum + one, 0), 60)
})

test('what is closed tells nothing more', (context) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  context.after(() => mock.timers.reset())
  const told = []
  const news = gathering((items) => told.push(items), pace)
  news.add('a')
  news.close()
  mock.timers.tick(10_000)
  assert.deepEqual(told, [])
})
