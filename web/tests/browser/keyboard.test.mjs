// Without a mouse: to a purchase, and around the console.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, go, launch, open, rememberBuyer, rememberStaff, signIn } from './browser.mjs'
import { words } from './words.mjs'

let browser
before(async () => { browser = await launch() })
after(() => browser.close())

/** Presses Tab until the focus is on something that matches; what has the focus must be seen to have it. */
async function tabTo(page, selector, most = 80) {
  for (let press = 0; press < most; press++) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate((wanted) => {
      const one = document.activeElement
      if (!one || one === document.body) return { there: false, seen: true }
      const style = getComputedStyle(one)
      const box = one.getBoundingClientRect()
      return { there: one.matches(wanted), seen: (style.outlineStyle !== 'none' || style.boxShadow !== 'none') && box.width > 0, what: one.outerHTML.slice(0, 120) }
    }, selector)
    assert.ok(at.seen, `the focus can't be seen on ${at.what}`)
    if (at.there) return
  }
  assert.fail(`Tab does not lead to ${selector}`)
}

test('a buyer gets from the first page to a paid order with keys alone', async () => {
  const t = words('en')
  const session = await signIn('xiaoman', 'lin.xiaoyu@buyers.example')
  const { listings } = await ask('xiaoman', session.token, '{ listings(first: 24) { nodes { id inStock fields { name } price { amount } } } }')
  const good = listings.nodes.filter((one) => one.inStock && one.fields.length === 0).sort((one, other) => one.price.amount - other.price.amount)[0]
  const { page, context, close } = await open(browser, { size: 'desk' })
  await rememberBuyer(context, 'xiaoman', session)
  await go(page, '/s/xiaoman')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'main', 'the first stop skips to the content')
  await tabTo(page, `a[href$="${good.id}"]`)
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/p\//)
  await page.getByRole('link', { name: t('product.buy') }).waitFor()
  await tabTo(page, 'a[href*="/buy/"]')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/buy\//)
  await page.getByLabel(t('buy.agree')).waitFor()
  await tabTo(page, 'input[type=checkbox]')
  await page.keyboard.press('Space')
  await tabTo(page, 'button[type=submit]')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/orders\/ord_/)
  await close()
})

test('every place of the console is reached, and a dialog is left, with keys alone', async () => {
  const { page, context, close } = await open(browser, { size: 'desk' })
  await rememberStaff(context, 'xiaoman', await signIn('xiaoman', 'owner@xiaoman.example'))
  await go(page, '/console')
  const places = await page.locator('nav a[href^="/console"]').evaluateAll((all) => all.map((one) => one.getAttribute('href')))
  for (const place of places) await tabTo(page, `nav a[href="${place}"]`)
  await page.keyboard.press('Enter')
  await page.waitForURL((at) => at.pathname === places.at(-1))
  await close()
})
