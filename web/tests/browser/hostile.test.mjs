// Stored XSS: whatever a tenant, a buyer or a supplier writes is text, to everybody who reads it (RELIABILITY T47).
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { hostile } from './hostile.mjs'
import { ask, go, launch, open, rememberBuyer, rememberStaff, signIn } from './browser.mjs'

let browser
before(async () => { browser = await launch() })
after(() => browser.close())

/** Nothing ran, nothing was put in, nothing was asked of anybody else: `open` fails on the latter. */
async function inert(page, what) {
  const found = await page.evaluate(() => ({
    hit: window.__hit,
    put: [...document.querySelectorAll('#root :is(script:not([type$=json]), iframe, object, base, meta, link, form[action*=evil], [onerror], [onload], [onfocus], [onclick], [href^="javascript:"], [src*=evil])')].map((one) => one.outerHTML),
    title: document.title,
  }))
  assert.equal(found.hit, undefined, what)
  assert.deepEqual(found.put, [], what)
}

const short = (most) => hostile.map((text) => [...text].slice(0, most).join(''))

test('the check itself finds what would have become markup', async () => {
  // The policy refuses what it does; that it stands there at all is what has to be found.
  const { page, close } = await open(browser, { expected: [/Content Security Policy/, /Failed to load resource/] })
  await go(page, '/s/qinghe')
  await inert(page, 'an untouched page')
  for (const text of ['<img src=x onerror=alert(1)>', '<iframe src="javascript:alert(1)"></iframe>', '<a href="javascript:alert(1)">x</a>', '<base href="http://evil.invalid/">']) {
    await page.evaluate((html) => {
      const made = document.createElement('div')
      made.id = 'made'
      made.innerHTML = html
      document.getElementById('root').append(made)
    }, text)
    await assert.rejects(inert(page, text), text)
    await page.evaluate(() => document.getElementById('made').remove())
  }
  await close()
})

test('two hundred strings stay text in the storefront and in the console', async () => {
  const owner = await signIn('qinghe', 'owner@qinghe.example')
  const supplier = await signIn('xinghe', 'owner@xinghe.example')
  const operator = await signIn('demo', 'owner@demo.example')
  const done = (answer) => {
    for (const payload of Object.values(answer)) assert.deepEqual(payload.errors, [], JSON.stringify(payload))
    return answer
  }
  // The site's own words, and the titles of what it sells.
  const { listings } = await ask('qinghe', owner.token, '{ listings(first: 60) { nodes { id variantId } } }')
  const titles = short(100)
  for (const [index, { variantId }] of listings.nodes.entries()) {
    done(await ask('qinghe', owner.token, 'mutation($v: ID!, $t: String!) { listingSet(input: { variantId: $v, title: $t }) { errors { code message } } }', { v: variantId, t: titles[index % titles.length] }))
  }
  done(await ask('qinghe', owner.token, 'mutation($i: TenantSettingsSetInput!) { tenantSettingsSet(input: $i) { errors { code message } } }', { i: { announcement: titles[5], contact: titles[8], accent: null } }))
  // A buyer who buys one and claims; what is said about it is all of them, by both sides.
  const registered = await ask('qinghe', null, 'mutation($i: BuyerRegisterInput!) { buyerRegister(input: $i) { session { token expiresAt } viewer { wallet { id } } errors { code } } }', { i: { email: 'mallory@buyers.example', password: 'mallory-mallory', displayName: short(60)[0] } })
  const buyer = registered.buyerRegister.session
  done(await ask('demo', operator.token, 'mutation($i: WalletCreditInput!) { walletCredit(input: $i) { errors { code message } } }', { i: { walletId: registered.buyerRegister.viewer.wallet.id, amount: { amount: '5000.00', currency: 'CNY' }, idempotencyKey: 'hostile-credit', reference: titles[2] } }))
  const { listings: goods } = await ask('qinghe', buyer.token, '{ listings(first: 60) { nodes { id inStock fields { name } price { amount currency } } } }')
  const good = goods.nodes.find((one) => one.inStock && one.fields.length === 0)
  const { quote } = await ask('qinghe', buyer.token, 'query($l: ID!) { quote(lines: [{ listingId: $l, quantity: 1 }]) { total { amount currency } } }', { l: good.id })
  const bought = done(await ask('qinghe', buyer.token, 'mutation($i: OrderPlaceInput!) { orderPlace(input: $i) { order { id lines { id deliveries { id } } } errors { code message } } }', { i: { idempotencyKey: 'hostile-order', lines: [{ listingId: good.id, quantity: 1 }], expectedTotal: quote.total, payWith: { wallet: true } } }))
  const { order } = bought.orderPlace
  done(await ask('qinghe', buyer.token, 'mutation($i: ReviewPostInput!) { reviewPost(input: $i) { errors { code message } } }', { i: { orderLineId: order.lines[0].id, stars: 1, text: hostile.slice(0, 8).join('\n') } }))
  const opened = done(await ask('qinghe', buyer.token, 'mutation($i: WarrantyClaimOpenInput!) { warrantyClaimOpen(input: $i) { claim { id } errors { code message } } }', { i: { deliveryId: order.lines[0].deliveries[0].id, reason: 'INVALID', description: hostile.slice(10, 20).join('\n'), idempotencyKey: 'hostile-claim' } }))
  const claim = opened.warrantyClaimOpen.claim.id
  for (const [index, body] of hostile.entries()) {
    const token = index % 2 ? owner.token : buyer.token
    const said = await ask('qinghe', token, 'mutation($i: ClaimMessagePostInput!) { claimMessagePost(input: $i) { errors { code message } } }', { i: { claimId: claim, body } })
    // What would turn a line around, or can't be seen, does not come in at all.
    const hidden = /\p{Cf}/u.test(body)
    assert.ok(said.claimMessagePost.errors.length === 0 || hidden, JSON.stringify(said))
  }
  done(await ask('qinghe', owner.token, 'mutation($i: WarrantyClaimNoteInput!) { claimNoteAdd(input: $i) { errors { code message } } }', { i: { claimId: claim, note: hostile.slice(20, 30).join('\n') } }))
  done(await ask('xinghe', supplier.token, 'mutation($i: ProductCreateInput!) { productCreate(input: $i) { product { id } errors { code message } } }', { i: { kind: 'CARD', title: titles[3], brand: titles[6].slice(0, 60), description: hostile.slice(30, 40).join('\n'), variants: [{ sku: 'HOSTILE', title: titles[4], settlementPrice: { amount: '1.00', currency: 'CNY' } }] } }))

  const stranger = await open(browser)
  for (const path of ['', `/p/${good.id}`, '/reviews', `?q=${encodeURIComponent(hostile[0])}`, `?kind=${encodeURIComponent(hostile[5])}`, `/sign-in?back=${encodeURIComponent('javascript:window.__hit=1')}`]) {
    await go(stranger.page, `/s/qinghe${path}`)
    await inert(stranger.page, path)
  }
  await stranger.close()
  const shop = await open(browser)
  await rememberBuyer(shop.context, 'qinghe', buyer)
  for (const path of ['', '/orders', `/orders/${order.id}`, `/claims/${claim}`, '/wallet', '/settings']) {
    await go(shop.page, `/s/qinghe${path}`)
    await inert(shop.page, path)
  }
  const thread = await shop.page.goto(`${process.env.CARDAMOM_URL}/s/qinghe/claims/${claim}`)
  assert.equal(thread.status(), 200)
  await shop.page.getByText(hostile[199], { exact: false }).first().waitFor()
  await shop.close()
  for (const [tenant, session, paths] of [
    ['qinghe', owner, ['', '/listings', '/orders', `/orders/${order.id}`, '/claims', `/claims/${claim}`, '/reviews', '/buyers', '/settings']],
    ['xinghe', supplier, ['', '/products', '/claims']],
    ['demo', operator, ['', '/products', '/claims', '/vetting', '/tenants', '/audit']],
  ]) {
    const desk = await open(browser, { size: 'desk' })
    await rememberStaff(desk.context, tenant, session)
    for (const path of paths) {
      await go(desk.page, `/console${path}`)
      await inert(desk.page, `${tenant}${path}`)
    }
    await desk.close()
  }
})
