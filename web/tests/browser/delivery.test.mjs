// How the pages are served: forms, validators, policies, and what there is without a script.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { launch, open, url } from './browser.mjs'

let browser
before(async () => { browser = await launch() })
after(() => browser.close())

/** As it came, undecoded. */
function get(path, headers = {}, method = 'GET') {
  return new Promise((resolve, reject) => {
    // The path as it is written: a URL would tidy it up.
    const { hostname, port } = new URL(url)
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      const parts = []
      response.on('data', (part) => parts.push(part))
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }))
    })
    sent.on('error', reject)
    sent.end()
  })
}
const html = { accept: 'text/html' }
async function script() {
  const page = (await get('/s/xiaoman', html)).body.toString()
  return page.match(/ data-main="([^"]+)"/)[1]
}

test('built files are compressed, hashed, kept for ever, and have strong validators', async () => {
  const path = await script()
  const sizes = {}
  for (const coding of ['br', 'gzip', 'identity']) {
    const answer = await get(path, { 'accept-encoding': coding })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['content-encoding'] ?? 'identity', coding)
    assert.match(answer.headers['content-type'], /^text\/javascript/)
    assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable')
    assert.match(answer.headers.vary, /Accept-Encoding/)
    assert.match(answer.headers.etag, /^"[0-9a-f]{32}"$/)
    const again = await get(path, { 'accept-encoding': coding, 'if-none-match': answer.headers.etag })
    assert.equal(again.status, 304)
    assert.equal(again.body.length, 0)
    const head = await get(path, { 'accept-encoding': coding }, 'HEAD')
    assert.equal(head.status, 200)
    assert.equal(head.headers['content-length'], answer.headers['content-length'])
    assert.equal(head.headers.etag, answer.headers.etag)
    sizes[coding] = answer.body.length
  }
  assert.ok(sizes.br < sizes.gzip && sizes.gzip < sizes.identity, JSON.stringify(sizes))
  assert.equal((await get(path, {}, 'POST')).status, 405)
  assert.equal((await get('/assets/none-00000000.js')).status, 404)
  assert.equal((await get('/assets/../manifest.json')).status, 404)
  assert.equal((await get('/assets/%2e%2e/documents.json')).status, 404)
})

test('pages are read under a policy without inline script, and validated each time', async () => {
  for (const path of ['/s/xiaoman', '/console', '/graphql']) {
    const answer = await get(path, html)
    assert.equal(answer.status, 200, path)
    const policy = answer.headers['content-security-policy']
    assert.match(policy, /default-src 'none'/)
    assert.match(policy, /script-src 'self';/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.equal(answer.headers['cache-control'], 'no-cache')
    assert.doesNotMatch(answer.body.toString(), /<script(?![^>]*(?:src=|application\/(?:ld\+)?json))/)
    assert.equal((await get(path, { ...html, 'if-none-match': answer.headers.etag })).status, 304, path)
    assert.equal((await get(path, html, 'HEAD')).status, 200)
  }
})

test('the language is the one that the browser asks for', async () => {
  for (const [accepted, language] of [['en-GB,en;q=0.9', 'en'], ['zh-CN,zh;q=0.9,en;q=0.5', 'zh-CN'], [undefined, 'zh-CN']]) {
    const answer = await get('/s/xiaoman', accepted ? { ...html, 'accept-language': accepted } : html)
    assert.equal(answer.headers['content-language'], language)
    assert.match(answer.body.toString(), new RegExp(`<html lang="${language}">`))
  }
})

test('an address without a shop, and a good that is not there, say so', async () => {
  assert.equal((await get('/s/nobody-here', html)).status, 404)
  assert.equal((await get('/s/xiaoman/p/lst_0000', html)).status, 404)
  assert.equal((await get('/s/xiaoman/no-such-page', html)).status, 404)
  const app = readFileSync(new URL('../../src/storefront/App.tsx', import.meta.url), 'utf8')
  const places = new Set([...app.matchAll(/path="\/([a-z-]+)/g)].map((match) => match[1]).filter((place) => place !== 'p'))
  for (const place of places) assert.equal((await get(`/s/xiaoman/${place}/x`, html)).status, 200, place)
  const api = await get('/no/such/thing', { accept: 'application/json' })
  assert.equal(api.status, 404)
  assert.match(api.headers['content-type'], /problem\+json/)
})

test('goods and a product can be read before any script runs', async () => {
  const { page, close } = await open(browser, { scripts: false })
  await page.goto(`${url}/s/xiaoman`)
  const goods = page.locator('main a[href*="/p/lst_"]')
  assert.ok(await goods.count() >= 10)
  const title = await goods.first().locator('> span').nth(1).textContent()
  await goods.first().click()
  await page.waitForURL(/\/p\/lst_/)
  assert.equal(await page.locator('h1').textContent(), title)
  assert.match(await page.locator('article').textContent(), /[¥$]\d/)
  await close()
})

test('nothing moves when the script takes over', async () => {
  for (const size of ['phone', 'desk']) {
    const { page, close } = await open(browser, { size })
    await page.addInitScript(() => {
      window.moved = 0
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value
      }).observe({ type: 'layout-shift', buffered: true })
    })
    for (const path of ['/s/xiaoman', '/s/qinghe']) {
      await page.goto(url + path, { waitUntil: 'networkidle' })
      const good = await page.locator('main a[href*="/p/lst_"]').first().getAttribute('href')
      assert.ok((await page.evaluate(() => window.moved)) < 0.02, `${path} moved on a ${size}`)
      await page.goto(url + good, { waitUntil: 'networkidle' })
      assert.ok((await page.evaluate(() => window.moved)) < 0.02, `${good} moved on a ${size}`)
    }
    await close()
    // What was read before is where it was.
    const places = []
    for (const scripts of [false, true]) {
      const { page, close } = await open(browser, { size, scripts })
      await page.goto(`${url}/s/xiaoman`, { waitUntil: 'networkidle' })
      const first = await page.locator('main a[href*="/p/lst_"]').first().boundingBox()
      await page.goto(url + (await page.locator('main a[href*="/p/lst_"]').first().getAttribute('href')), { waitUntil: 'networkidle' })
      const price = await page.locator('article .text-3xl').boundingBox()
      places.push([first, price])
      await close()
    }
    for (const [drawn, taken] of [[places[0][0], places[1][0]], [places[0][1], places[1][1]]]) {
      for (const side of ['x', 'y', 'height']) assert.ok(Math.abs(drawn[side] - taken[side]) <= 3, `${side} on a ${size}: ${drawn[side]} and then ${taken[side]}`)
    }
  }
})

test('the first look asks nothing that the server has said already', async () => {
  const { page, close } = await open(browser)
  const asked = []
  page.on('request', (sent) => { if (sent.url().endsWith('/graphql')) asked.push(sent.postData()) })
  await page.goto(`${url}/s/xiaoman`, { waitUntil: 'networkidle' })
  await page.getByRole('searchbox').waitFor()
  assert.deepEqual(asked, [])
  await close()
})

test('a supplier and the operator have no shop, and the page says so', async () => {
  for (const handle of ['xinghe', 'demo']) {
    const { status, body } = await get(`/s/${handle}`, html)
    assert.equal(status, 404, handle)
    assert.match(body.toString(), /<h1|<main/, handle)
  }
})
