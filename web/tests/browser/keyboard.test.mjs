// Without a mouse: to a purchase, around the console, and to a claim's decision.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, go, launch, open, rememberBuyer, rememberStaff, signIn } from './browser.mjs'
import { words } from './words.mjs'
import { done, world } from './world.mjs'

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
      // Within a field for dates the browser shows itself which part of it has the focus.
      const parts = one.matches('input[type^=date]')
      return { there: one.matches(wanted), seen: (parts || style.outlineStyle !== 'none' || style.boxShadow !== 'none') && box.width > 0, what: one.outerHTML.slice(0, 300) }
    }, selector)
    assert.ok(at.seen, `the focus can't be seen on ${at.what}`)
    if (at.there) return
  }
  assert.fail(`Tab does not lead to ${selector}`)
}

/** A selector for one element, that `tabTo` can look for. */
async function named(locator) {
  await locator.evaluate((one) => {
    document.querySelectorAll('[data-wanted]').forEach((other) => delete other.dataset.wanted)
    one.dataset.wanted = ''
  })
  return '[data-wanted]'
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

  // A dialog keeps the focus while it is open, and gives it back to what opened it: left with Escape or by its buttons.
  await go(page, '/console/coupons')
  const t = words('en')
  const opener = page.locator('main').getByRole('button', { name: t('coupons.new'), exact: true }).first()
  const dialog = page.getByRole('dialog')
  const focused = (locator) => locator.evaluate((one) => one === document.activeElement)
  await tabTo(page, await named(opener))
  for (const leave of [() => page.keyboard.press('Escape'), async () => { await tabTo(page, await named(dialog.getByRole('button', { name: t('word.close'), exact: true }))); await page.keyboard.press('Enter') }]) {
    await page.keyboard.press('Enter')
    await dialog.waitFor()
    assert.ok(await dialog.evaluate((one) => one.contains(document.activeElement)), 'the dialog has the focus')
    for (let press = 0; press < 30; press++) {
      await page.keyboard.press('Tab')
      // At its end the browser's own controls come, and then the dialog again: never what is behind it.
      assert.ok(await dialog.evaluate((one) => one.contains(document.activeElement) || document.activeElement === document.body), 'the focus stays in the dialog')
    }
    await leave()
    await dialog.waitFor({ state: 'hidden' })
    assert.ok(await focused(opener), 'the focus is back')
  }
  await close()
})

test('a claim is found and decided with keys alone', async () => {
  const t = words('en')
  const shop = await world()
  const { claim } = await shop.claimed({ wanted: 'REPLACE' })
  // The shop buys the other unit.
  const { wallet } = await ask(shop.site, shop.owner.token, '{ wallet { id } }')
  await done('demo', shop.operator.token, 'walletCredit', { walletId: wallet.id, amount: { amount: '50.00', currency: 'CNY' }, idempotencyKey: claim, reference: 'a test' })
  const { page, context, close } = await open(browser, { size: 'desk' })
  await rememberStaff(context, shop.site, shop.owner)
  await go(page, '/console')
  await tabTo(page, 'nav a[href="/console/claims"]')
  await page.keyboard.press('Enter')
  await page.locator(`table a[href$="${claim}"]`).waitFor()
  await tabTo(page, `table a[href$="${claim}"]`)
  await page.keyboard.press('Enter')
  const approve = page.getByRole('button', { name: t('claimDesk.approve'), exact: true })
  await approve.waitFor()
  const dialog = page.getByRole('dialog')
  const press = async (locator) => {
    await tabTo(page, await named(locator))
    await page.keyboard.press('Enter')
  }
  // Thought better of: nothing has happened, and it can be gone on from there.
  await press(approve)
  await dialog.waitFor()
  await press(dialog.getByRole('button', { name: t('word.cancel'), exact: true }))
  await dialog.waitFor({ state: 'hidden' })
  assert.ok(await approve.evaluate((one) => one === document.activeElement), 'the focus is back')
  await page.keyboard.press('Enter')
  await dialog.waitFor()
  await tabTo(page, 'dialog input[type=radio]')
  await page.keyboard.press('Space')
  await tabTo(page, 'dialog textarea')
  await page.keyboard.type('Here is another one.')
  await press(dialog.getByRole('button', { name: t('claimDesk.approve.do'), exact: true }))
  await page.getByText(t('claim.status.RESOLVED')).first().waitFor()
  const { warrantyClaim } = await ask(shop.site, shop.owner.token, 'query($c: ID!) { warrantyClaim(id: $c) { status remedy { kind } } }', { c: claim })
  assert.deepEqual(warrantyClaim, { status: 'RESOLVED', remedy: { kind: 'REPLACE' } })
  await close()
})
