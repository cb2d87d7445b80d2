import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from './load.mjs'

const { digest, flawOf } = await load('lib/upload.ts')
const { fileSize } = await load('lib/files.ts')
const { initial } = await load('lib/text.ts')
const { deviceOf } = await load('storefront/account/device.ts')
const file = (name, type, size) => ({ name, type, size })

test('files that can’t be evidence are told before they are sent', () => {
  assert.equal(flawOf(file('a.png', 'image/png', 10)), null)
  assert.equal(flawOf(file('a.log', '', 10)), null)
  assert.equal(flawOf(file('a.png', 'image/png', 0)), 'EMPTY')
  assert.equal(flawOf(file('a.png', 'image/png', 10 * 1024 * 1024)), null)
  assert.equal(flawOf(file('a.png', 'image/png', 10 * 1024 * 1024 + 1)), 'TOO_LARGE')
  assert.equal(flawOf(file('a.svg', 'image/svg+xml', 10)), 'UNSUPPORTED_FILE')
  assert.equal(flawOf(file('a.exe', '', 10)), 'UNSUPPORTED_FILE')
})

test('a file’s hash is SHA-256 in hex', async () => {
  assert.equal(await digest(new Blob(['abc'])), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('a length is told in the unit that fits', () => {
  assert.equal(fileSize(1023, 'en'), '1,023 byte')
  assert.equal(fileSize(1536, 'en'), '1.5 kB')
  assert.equal(fileSize(10 * 1024 * 1024, 'en'), '10 MB')
})

test('a good’s letter is its first letter or digit', () => {
  assert.equal(initial('【热卖】星落大陆'), '热')
  assert.equal(initial('  “7 days”'), '7')
  assert.equal(initial('—'), '·')
})

test('a browser is called what people call it', () => {
  assert.equal(deviceOf('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1'), 'Safari · iPhone')
  assert.equal(deviceOf('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36 Edg/130.0'), 'Edge · Windows')
  assert.equal(deviceOf('curl/8.0'), 'curl/8.0')
})
