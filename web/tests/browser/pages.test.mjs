// Every page that the menus lead to, their views and one of each kind of thing, as each kind of person: accessible, as wide as its window, without a complaint of
// the browser. On a phone in light and Chinese, on a desk in dark and English.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { accessible, ask, go, launch, open, rememberBuyer, rememberStaff, settled, signIn, url } from './browser.mjs'

const looks = [
  { size: 'phone', language: 'zh-CN', dark: false },
  { size: 'desk', language: 'en', dark: true },
]
const named = ({ size, language, dark }) => `${size}, ${language}, ${dark ? 'dark' : 'light'}`

let browser
before(async () => { browser = await launch() })
after(() => browser.close())

async function visit(page, path) {
  await go(page, path)
  await accessible(page, path)
  assert.ok(!(await page.title()).includes('undefined'))
}

/** The addresses of links on the page, each once. */
const links = (page, selector) =>
  page.locator(selector).evaluateAll((all) => [...new Set(all.map((one) => new URL(one.href).pathname + new URL(one.href).search))])

/** Which page an address is of: things of one kind have the same. */
const pattern = (path) => path.split('?')[0].replace(/^\/console/, '').replace(/\/[a-z]{3}_[0-9a-f]+/g, '/:id') || '/'
/** The pages of the console as the application lists them, and who has looked at each. */
const patterns = [...readFileSync(new URL('../../src/console/places.ts', import.meta.url), 'utf8').matchAll(/\{ path: '([^']+)'/g)].map(([, path]) => path)
const looked = new Map()

for (const look of looks) {
  test(`a stranger's pages: ${named(look)}`, async () => {
    const { page, close } = await open(browser, { ...look, expected: [/status of 404/] })
    const { listings } = await ask('xiaoman', null, '{ listings(first: 1) { nodes { id } } }')
    const good = listings.nodes[0].id
    const paths = ['', '?q=nothing-is-called-this', '?kind=LICENCE', `/p/${good}`, `/buy/${good}`, '/orders', '/wallet', '/settings', '/sign-in', '/register', '/verify', '/reviews', '/no-such-page']
    for (const path of paths) await visit(page, `/s/xiaoman${path}`)
    await close()
    // The page asks about the shop, and is told that there is none.
    const none = await open(browser, { ...look, expected: [/status of 40[04]/] })
    await none.page.goto(`${url}/s/no-such-shop`)
    await none.page.locator('h1').first().waitFor()
    await accessible(none.page, 'a shop that is none')
    await none.close()
  })

  test(`a buyer's pages: ${named(look)}`, async () => {
    const session = await signIn('xiaoman', 'lin.xiaoyu@buyers.example')
    const { orders, warrantyClaims, listings } = await ask('xiaoman', session.token, `{
      orders(first: 20) { nodes { id lines { deliveries { id status } } } }
      warrantyClaims(first: 20) { nodes { id status } }
      listings(first: 1) { nodes { id } }
    }`)
    const { page, context, close } = await open(browser, look)
    await rememberBuyer(context, 'xiaoman', session)
    const claimable = orders.nodes.flatMap((order) => order.lines.flatMap((line) => line.deliveries.map((delivery) => ({ order, delivery })))).find(({ delivery }) => delivery.status === 'DELIVERED')
    const claims = [...new Map(warrantyClaims.nodes.map((claim) => [claim.status, claim])).values()]
    assert.ok(orders.nodes.length > 0 && claims.length > 0 && claimable, 'the demo has orders and claims for this buyer')
    const paths = [
      '/orders', `/orders/${orders.nodes[0].id}`, `/buy/${listings.nodes[0].id}`, '/wallet', '/settings',
      `/orders/${claimable.order.id}/claim/${claimable.delivery.id}`, ...claims.map((claim) => `/claims/${claim.id}`),
    ]
    for (const path of paths) await visit(page, `/s/xiaoman${path}`)
    await close()
  })

  for (const [tenant, email] of [['xiaoman', 'owner@xiaoman.example'], ['xinghe', 'owner@xinghe.example'], ['demo', 'owner@demo.example']]) {
    test(`the console of ${tenant}: ${named(look)}`, async () => {
      const { page, context, close } = await open(browser, look)
      await rememberStaff(context, tenant, await signIn(tenant, email))
      await go(page, '/console')
      const places = await links(page, 'nav a[href^="/console"]')
      assert.ok(places.length >= 8, `only ${places}`)
      const seen = new Set()
      const see = async (path) => {
        await visit(page, path)
        looked.set(pattern(path), [...(looked.get(pattern(path)) ?? []), tenant])
      }
      for (const place of places) {
        await see(place)
        // One of each kind of thing that the page lists, and of its views the next two.
        const found = await links(page, 'main a[href^="/console/"]')
        const views = found.filter((path) => path.startsWith(`${place}?view=`)).slice(0, 2)
        const details = found.filter((path) => !path.includes('?') && !places.includes(path))
        for (const path of [...views, ...details]) {
          const kind = path.includes('?') ? path : pattern(path)
          if (seen.has(kind)) continue
          seen.add(kind)
          await see(path)
        }
      }
      await close()
    })
  }
}

test('every page of the console was looked at', () => {
  // A recall is begun, and looked at, in desk.test.mjs: the demo has none.
  assert.deepEqual(patterns.filter((path) => !looked.has(path) && path !== '/recalls/:id'), [])
})

test('the console asks a stranger to sign in', async () => {
  const { page, close } = await open(browser, { size: 'desk' })
  await go(page, '/console/claims')
  await accessible(page, 'sign-in')
  await page.getByLabel('Shop').fill('xiaoman')
  await page.getByLabel('E-mail').fill('owner@xiaoman.example')
  await page.getByLabel('Password').fill('cardamom-demo')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelector('nav a[href^="/console"]'))
  assert.equal(new URL(page.url()).pathname, '/console/claims')
  await settled(page)
  await close()
})

test('the check itself finds what cannot be read or used', async () => {
  const { page, close } = await open(browser, { size: 'phone' })
  await go(page, '/s/xiaoman/sign-in')
  const spoil = (markup) => page.evaluate((text) => document.querySelector('main').insertAdjacentHTML('beforeend', `<div id="spoilt">${text}</div>`), markup)
  for (const [markup, rule] of [
    ['<input>', /label: #spoilt/],
    ['<img src="/favicon.svg">', /image-alt: /],
    ['<p id="pale">Can you read this?</p>', /color-contrast: /],
    ['<div id="wide">.</div>', /px wide in a window of 360/],
  ]) {
    await spoil(markup)
    // By script: the policy lets no style attribute through.
    await page.evaluate(() => {
      const [pale, wide] = ['pale', 'wide'].map((id) => document.getElementById(id))
      if (pale) Object.assign(pale.style, { color: '#bbb', backgroundColor: '#fff' })
      if (wide) wide.style.width = '900px'
    })
    await assert.rejects(accessible(page, 'spoilt'), rule)
    await page.evaluate(() => document.getElementById('spoilt').remove())
  }
  await accessible(page, 'as it was')
  await close()
})
