// What may happen between a page and a purchase: a coupon, more warranty, another price, other terms, too few, a shop
// that closes. Nothing is charged that was not agreed to, and the buyer can go on.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { accessible, ask, go, launch, open, rememberBuyer, settled } from './browser.mjs'
import { words } from './words.mjs'
import { done, world } from './world.mjs'

const t = words('en')
let browser, shop
before(async () => {
  browser = await launch()
  shop = await world()
})
after(() => browser.close())

let mei
beforeEach(async () => { mei = await shop.buyer() })

/** The checkout of a good, its terms agreed to. */
async function checkout(good, options = {}) {
  const opened = await open(browser, options)
  await rememberBuyer(opened.context, shop.site, mei)
  await go(opened.page, `${shop.base}/buy/${good.listing}`)
  await opened.page.getByLabel(t('buy.agree')).check()
  return opened
}
const pay = (page) => page.getByRole('button', { name: t('buy.pay') })
async function paid(page) {
  await page.waitForURL(/\/orders\/ord_/)
  await page.getByText(t('order.status.DELIVERED')).first().waitFor()
}
/** Nothing was charged so far. */
const nothing = async () => assert.deepEqual(await shop.purse(mei), { amount: 500, orders: 0 })

test('a coupon makes it cheaper, and one that does not hold says so', async () => {
  await done(shop.site, shop.owner.token, 'couponCreate', { code: 'SPRING', takes: { percentBasisPoints: 1000 } })
  const good = await shop.good()
  // The shop bears it, out of what it adds.
  await done(shop.site, shop.owner.token, 'priceRuleSet', { variantId: good.variant, rule: { fixed: { amount: '12.00', currency: 'CNY' } } })
  const { page, close } = await checkout(good)
  const code = page.getByLabel(t('buy.coupon'), { exact: true })
  await code.fill('WINTER')
  await page.getByRole('button', { name: t('buy.coupon.apply') }).click()
  await page.getByText(t('buy.coupon.NOT_FOUND')).waitFor()
  await accessible(page, 'a coupon that is none')
  await code.fill('spring')
  await page.getByRole('button', { name: t('buy.coupon.apply') }).click()
  await page.getByText(t('buy.coupon.applied')).waitFor()
  await page.getByText(t('buy.discount')).waitFor()
  await settled(page)
  await nothing()
  await pay(page).click()
  await paid(page)
  const { amount, orders } = await shop.purse(mei)
  assert.deepEqual([amount, orders], [489.2, 1])
  await close()
})

test('more warranty is bought with the good', async () => {
  const good = await shop.good()
  await done('xinghe', shop.supplier.token, 'productPlansSet', { productId: good.product, plans: [{ title: 'One year more', days: 365, price: { amount: '2.50', currency: 'CNY' }, remedies: ['REFUND'] }] })
  const { page, close } = await checkout(good)
  await page.getByLabel('One year more').check()
  await page.getByRole('button', { name: /13\.00/ }).waitFor()
  await accessible(page, 'a plan')
  await settled(page)
  await pay(page).click()
  await paid(page)
  await page.getByText('One year more').first().waitFor()
  assert.equal((await shop.purse(mei)).amount, 487)
  await close()
})

test('a price that changed is said before anything is paid, and can be taken', async () => {
  const good = await shop.good()
  const { page, close } = await checkout(good)
  await done(shop.site, shop.owner.token, 'priceRuleSet', { variantId: good.variant, rule: { fixed: { amount: '12.00', currency: 'CNY' } } })
  await pay(page).click()
  await page.getByText(t('error.PRICE_CHANGED')).waitFor()
  await accessible(page, 'another price')
  await nothing()
  await page.getByRole('button', { name: t('buy.price.accept') }).last().click()
  await paid(page)
  assert.deepEqual(await shop.purse(mei), { amount: 488, orders: 1 })
  await close()
})

test('terms that changed are read again before anything is paid', async () => {
  const good = await shop.good()
  const { page, close } = await checkout(good)
  const { listing } = await ask(shop.site, shop.owner.token, 'query($l: ID!) { listing(id: $l) { warranty { durationSeconds decisionWithinSeconds answerWithinSeconds appealWithinSeconds coveredReasons remedies replacementLimit } } }', { l: good.listing })
  await done(shop.site, shop.owner.token, 'listingWarrantySet', { variantId: good.variant, warranty: { ...listing.warranty, durationSeconds: listing.warranty.durationSeconds + 86_400 } })
  await pay(page).click()
  await page.getByText(t('error.TERMS_CHANGED')).waitFor()
  await accessible(page, 'other terms')
  await nothing()
  await page.getByRole('button', { name: t('buy.terms.look') }).click()
  await page.waitForFunction(() => !document.querySelector('input[type=checkbox]').checked)
  await page.getByLabel(t('buy.agree')).check()
  await settled(page)
  await pay(page).click()
  await paid(page)
  assert.equal((await shop.purse(mei)).orders, 1)
  await close()
})

test('what somebody else bought meanwhile is not sold twice, and what is left can be taken', async () => {
  const good = await shop.good(3)
  const { page, close } = await checkout(good)
  await page.getByRole('button', { name: t('buy.quantity.more') }).click()
  await page.getByRole('button', { name: /21\.00/ }).waitFor()
  await settled(page)
  await shop.bought(await shop.buyer(), good, 2)
  await pay(page).click()
  await page.getByText(t('error.OUT_OF_STOCK')).first().waitFor()
  await accessible(page, 'too few')
  await nothing()
  await page.getByRole('button', { name: 'Take one' }).first().click()
  await page.getByRole('button', { name: /10\.50/ }).waitFor()
  await settled(page)
  // The last one goes to somebody else, too.
  await shop.bought(await shop.buyer(), good)
  await pay(page).click()
  await page.getByText('None is left').waitFor()
  await page.getByRole('link', { name: t('buy.others') }).first().waitFor()
  await nothing()
  await close()
})

/** Until it is called off, orders arrive at the server and their answers do not come back. */
async function losing(page) {
  const orders = (url) => url.pathname === '/graphql'
  await page.route(orders, async (route) => {
    if (!route.request().postData()?.includes('PlaceOrder')) return route.continue()
    await route.fetch()
    await route.abort()
  })
  return () => page.unroute(orders)
}
const lost = { expected: [/ERR_FAILED/] }
const more = (page) => page.getByRole('button', { name: t('buy.more') })

test('an order whose answer is lost is bought once, however often it is sent, and another one on purpose', async () => {
  const good = await shop.good()
  const { page, close } = await checkout(good, lost)
  const back = await losing(page)
  await settled(page)
  await pay(page).click()
  await page.getByText(t('fault.network')).waitFor()
  await pay(page).click()
  await page.getByText(t('fault.network')).waitFor()
  await back()
  // The page is looked at again: what was sent is still known.
  await page.reload()
  await settled(page)
  await page.getByText(t('buy.unanswered')).waitFor()
  await accessible(page, 'an answer that was lost')
  await pay(page).click()
  await paid(page)
  await page.getByText(t('buy.once')).waitFor()
  assert.deepEqual(await shop.purse(mei), { amount: 489.5, orders: 1 })
  // What is bought from here on is another one.
  await go(page, `${shop.base}/buy/${good.listing}`)
  await page.getByLabel(t('buy.agree')).check()
  await settled(page)
  assert.equal(await page.getByText(t('buy.unanswered')).count(), 0)
  await pay(page).click()
  await paid(page)
  assert.equal((await shop.purse(mei)).orders, 2)
  await close()
})

test('something else after an answer was lost is asked about first, and then bought', async () => {
  const good = await shop.good()
  const { page, close } = await checkout(good, lost)
  const back = await losing(page)
  await settled(page)
  await pay(page).click()
  await page.getByText(t('fault.network')).waitFor()
  await back()
  await page.getByRole('button', { name: t('buy.quantity.more') }).click()
  await page.getByText(t('buy.unanswered')).waitFor()
  await page.getByRole('button', { name: /21\.00/ }).waitFor()
  await settled(page)
  await pay(page).click()
  await page.getByText(t('buy.sent')).waitFor()
  await accessible(page, 'there is an order already')
  assert.equal((await shop.purse(mei)).orders, 1)
  await page.reload()
  await settled(page)
  await page.getByText(t('buy.sent')).waitFor()
  await more(page).dblclick()
  await paid(page)
  assert.deepEqual(await shop.purse(mei), { amount: 468.5, orders: 2 })
  await close()
})

test('nobody sees what another said at a checkout, and who signs in on the way keeps it', async () => {
  const good = await shop.good(5, { fields: [{ name: 'account', label: 'Game account' }] })
  const { page, close } = await open(browser, lost)
  const account = page.getByLabel('Game account')
  const at = `${shop.base}/buy/${good.listing}`
  const enter = async (who) => {
    await page.getByLabel(t('entrance.email')).fill(who.email)
    await page.getByLabel(t('entrance.password'), { exact: true }).fill(who.password)
    await page.locator('main').getByRole('button', { name: t('entrance.signIn') }).click()
  }
  const leave = async () => {
    await go(page, `${shop.base}/settings`)
    await page.getByRole('button', { name: t('settings.signOut') }).click()
    await page.getByRole('link', { name: t('frame.signIn') }).waitFor()
  }
  await go(page, at)
  await account.fill('of-mei')
  await page.getByLabel(t('buy.agree')).check()
  await page.getByRole('link', { name: t('buy.signIn') }).click()
  await enter(mei)
  await page.waitForURL(/\/buy\//)
  await settled(page)
  assert.equal(await account.inputValue(), 'of-mei')
  const back = await losing(page)
  await pay(page).click()
  await page.getByText(t('fault.network')).waitFor()
  await back()
  await leave()
  await go(page, at)
  assert.equal(await account.inputValue(), '')
  const other = await shop.buyer()
  await page.getByRole('link', { name: t('buy.signIn') }).click()
  await enter(other)
  await page.waitForURL(/\/buy\//)
  await settled(page)
  assert.equal(await account.inputValue(), '')
  assert.equal(await page.getByText(t('buy.unanswered')).count(), 0)
  await account.fill('of-another')
  await page.getByLabel(t('buy.agree')).check()
  await pay(page).click()
  await paid(page)
  await leave()
  await go(page, `${shop.base}/sign-in?back=${encodeURIComponent(`/buy/${good.listing}`)}`)
  await enter(mei)
  await page.waitForURL(/\/buy\//)
  await settled(page)
  assert.equal(await account.inputValue(), 'of-mei')
  await page.getByText(t('buy.unanswered')).waitFor()
  await pay(page).click()
  await paid(page)
  assert.deepEqual([(await shop.purse(mei)).orders, (await shop.purse(other)).orders], [1, 1])
  await close()
})

test('a shop that is suspended while a buyer is on it sells nothing, says so, and goes on later', async () => {
  const good = await shop.good()
  const { page, close } = await checkout(good)
  await done('demo', shop.operator.token, 'tenantSuspend', { tenantId: shop.id, note: 'a test' })
  try {
    await pay(page).click()
    await page.getByText(t('frame.suspended')).first().waitFor()
    await accessible(page, 'suspended')
    await nothing()
    // What was bought before is still there to be looked at.
    await page.getByRole('link', { name: t('frame.orders') }).click()
    await page.getByRole('heading', { name: t('orders.mine') }).waitFor()
    await page.getByRole('link', { name: t('frame.wallet') }).click()
    await page.getByText('500.00').first().waitFor()
    await page.goto((await page.url()).replace(/\/wallet$/, ''))
    await settled(page)
    await page.getByText(t('frame.suspended')).first().waitFor()
    await accessible(page, 'the home of a suspended shop')
  } finally {
    await done('demo', shop.operator.token, 'tenantReinstate', { tenantId: shop.id })
  }
  await go(page, `${shop.base}/buy/${good.listing}`)
  assert.equal(await page.getByText(t('frame.suspended')).count(), 0)
  await page.getByLabel(t('buy.agree')).check()
  await settled(page)
  await pay(page).click()
  await paid(page)
  await close()
})

test('nothing found says so, and leads back to everything', async () => {
  const good = await shop.good()
  for (const size of ['phone', 'desk']) {
    const { page, close } = await open(browser, { size })
    await go(page, shop.base)
    await page.getByRole('searchbox').fill('nothing-is-called-this')
    await page.keyboard.press('Enter')
    await page.getByText(t('home.nothing'), { exact: true }).waitFor()
    await accessible(page, 'nothing found')
    await page.getByRole('link', { name: t('home.reset') }).click()
    await page.locator('main a[href*="/p/lst_"]').first().waitFor()
    await page.getByRole('searchbox').fill(good.title)
    await page.keyboard.press('Enter')
    await page.locator(`main a[href$="${good.listing}"]`).waitFor()
    assert.equal(await page.locator('main a[href*="/p/lst_"]').count(), 1)
    await close()
  }
})

test('another password is asked for from then on, and the old one opens nothing', async () => {
  const { page, context, close } = await open(browser)
  await rememberBuyer(context, shop.site, mei)
  await go(page, `${shop.base}/settings`)
  await page.getByLabel(t('settings.password.current')).fill('not-the-password')
  await page.getByLabel(t('settings.password.new')).fill('another-long-password')
  await page.getByRole('button', { name: t('settings.password.change') }).click()
  await page.getByText(t('settings.password.wrong')).waitFor()
  await page.getByLabel(t('settings.password.current')).fill(mei.password)
  await page.getByLabel(t('settings.password.new')).fill('another-long-password')
  await page.getByRole('button', { name: t('settings.password.change') }).click()
  await page.getByText(t('settings.password.done')).waitFor()
  await accessible(page, 'another password')
  await close()
  const other = await open(browser)
  await go(other.page, `${shop.base}/sign-in`)
  const enter = async (password) => {
    await other.page.getByLabel(t('entrance.email')).fill(mei.email)
    await other.page.getByLabel(t('entrance.password'), { exact: true }).fill(password)
    await other.page.locator('main').getByRole('button', { name: t('entrance.signIn') }).click()
  }
  await enter(mei.password)
  await other.page.getByText(t('error.INVALID_CREDENTIALS')).waitFor()
  await enter('another-long-password')
  await other.page.getByRole('link', { name: t('frame.wallet') }).waitFor()
  await other.close()
})

test('a theme that was chosen is there from the first byte, and in every tab', async () => {
  const { page, context, close } = await open(browser, { size: 'desk' })
  await go(page, `${shop.base}/settings`)
  const second = await context.newPage()
  await go(second, shop.base)
  await page.getByLabel(t('look.theme.dark')).check()
  await second.waitForFunction(() => document.documentElement.dataset.theme === 'dark')
  for (const path of [shop.base, `${shop.base}/wallet`, '/console']) {
    const answer = await context.request.get(new URL(path, page.url()).href)
    assert.match(await answer.text(), /^<!doctype html>\n<html lang="[\w-]+" data-theme="dark">/, path)
    assert.match(answer.headers().vary, /Cookie/)
  }
  await go(page, shop.base)
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), 'rgb(19, 20, 18)')
  await go(page, `${shop.base}/settings`)
  await page.getByLabel(t('look.theme.system')).check()
  await page.waitForFunction(() => getComputedStyle(document.documentElement).backgroundColor === 'rgb(247, 247, 245)')
  assert.match(await (await context.request.get(new URL(shop.base, page.url()).href)).text(), /^<!doctype html>\n<html lang="[\w-]+">/)
  await close()
})
