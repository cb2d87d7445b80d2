// The buyer's journey: register, buy, see it delivered, reveal, claim with evidence, and get a replacement, live.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { accessible, ask, go, languages, launch, open, picture, signIn, sizes, url } from './browser.mjs'
import { words } from './words.mjs'

const site = 'xiaoman'
const base = `/s/${site}`
let browser, operator, owner
before(async () => {
  browser = await launch()
  operator = await signIn('demo', 'owner@demo.example')
  owner = await signIn(site, `owner@${site}.example`)
})
after(() => browser.close())

async function register(page, t, name) {
  await go(page, `${base}/register`)
  await page.getByLabel(t('entrance.name')).fill(name)
  await page.getByLabel(t('entrance.email')).fill(`${name}-${randomUUID().slice(0, 8)}@buyers.example`)
  await page.getByLabel(t('entrance.password')).fill('a-long-enough-password')
  await page.getByRole('button', { name: t('entrance.register') }).click()
  await page.getByRole('link', { name: t('frame.wallet') }).waitFor()
  const said = await page.evaluate(() => Object.entries(localStorage).find(([key]) => key.startsWith('cardamom:shop:'))?.[1])
  return JSON.parse(said)
}

/** What a payment provider would do: the operator credits the wallet. */
async function credit(token, amount) {
  const { viewer } = await ask(site, token, '{ viewer { wallet { id } } }')
  const done = await ask('demo', operator.token, 'mutation($i: WalletCreditInput!) { walletCredit(input: $i) { errors { message } } }', {
    i: { walletId: viewer.wallet.id, amount: { amount, currency: 'CNY' }, idempotencyKey: randomUUID(), reference: 'a test' },
  })
  assert.deepEqual(done.walletCredit.errors, [])
}

/** Pays for the good that is shown, and ends at its order. */
async function buy(page, t, answers = {}) {
  await page.getByRole('link', { name: t('product.buy') }).click()
  await page.waitForURL(/\/buy\//)
  for (const [label, value] of Object.entries(answers)) await page.getByLabel(label).fill(value)
  await page.getByLabel(t('buy.agree')).check()
  await page.getByRole('button', { name: t('buy.pay') }).click()
  await page.waitForURL(/\/orders\/ord_/)
  return page.url().match(/ord_[0-9a-f]+/)[0]
}

for (const size of Object.keys(sizes)) {
  for (const language of languages) {
    test(`a buyer's journey on a ${size} in ${language}`, async () => {
      const t = words(language)
      const { page, close } = await open(browser, { size, language })
      await go(page, base)
      await accessible(page, 'home')
      const { token } = await register(page, t, 'journey')
      await credit(token, '500.00')

      const { listings } = await ask(site, token, '{ listings(first: 60, where: { kind: CARD }) { nodes { id title inStock fields { name } } } }')
      const good = listings.nodes.find((one) => one.inStock && one.fields.length === 0)
      await go(page, `${base}?kind=CARD`)
      await page.locator(`main a[href$="${good.id}"]`).click()
      await page.waitForURL(/\/p\//)
      const order = await buy(page, t)
      const number = (await ask(site, token, 'query($o: ID!) { order(id: $o) { number } }', { o: order })).order.number
      await page.getByText(number).first().waitFor()
      await page.getByText(t('order.status.DELIVERED')).first().waitFor()

      // The secret is not on the page until it is asked for; then it can be copied.
      await page.getByRole('button', { name: t('delivery.reveal'), exact: true }).click()
      const content = page.getByRole('group', { name: t('delivery.content') })
      await content.waitFor()
      await accessible(page, 'order')
      await content.getByRole('button', { name: t('word.copy') }).last().click()
      const copied = await page.evaluate(() => navigator.clipboard.readText())
      assert.ok(copied.length >= 4 && (await content.textContent()).includes(copied))

      // A claim, step by step, with a picture.
      await page.getByRole('link', { name: t('delivery.claim') }).click()
      await page.waitForURL(/\/claim\//)
      await page.getByRole('heading', { level: 2 }).first().waitFor()
      if (await page.getByRole('heading', { name: t('wizard.head.check') }).isVisible()) await page.getByRole('button', { name: t('wizard.next') }).click()
      await page.getByLabel(t('claim.reason.INVALID')).check()
      await page.getByLabel(t('wizard.description')).fill('It says that the code is not known.')
      await page.getByRole('button', { name: t('wizard.next') }).click()
      await page.getByLabel(t('upload.choose')).setInputFiles({ name: 'screen.png', mimeType: 'image/png', buffer: picture })
      await page.getByText(t('upload.done')).waitFor()
      await accessible(page, 'evidence')
      await page.getByRole('button', { name: t('wizard.next') }).click()
      await page.getByLabel(t('remedy.REPLACE')).check()
      await page.getByRole('button', { name: t('wizard.send') }).click()
      await page.waitForURL(/\/claims\/clm_/)
      const claim = page.url().match(/clm_[0-9a-f]+/)[0]
      await page.getByRole('heading', { name: t('claim.head.SUBMITTED') }).waitFor()
      await page.getByText('screen.png').first().waitFor()
      await page.getByText(t('follow.live')).first().waitFor()
      await accessible(page, 'claim')

      // The shop replaces it, while the buyer looks on.
      const approved = await ask(site, owner.token, 'mutation($i: WarrantyClaimApproveInput!) { warrantyClaimApprove(input: $i) { errors { message } } }', { i: { claimId: claim, remedy: 'REPLACE' } })
      assert.deepEqual(approved.warrantyClaimApprove.errors, [])
      await page.getByRole('heading', { name: t('claim.head.RESOLVED') }).waitFor()
      await page.getByRole('link', { name: t('claim.replacement') }).click()
      await page.waitForURL(/\/orders\/ord_/)
      await page.getByText(t('delivery.status.REPLACED')).first().waitFor()
      await page.getByRole('button', { name: t('delivery.reveal'), exact: true }).first().click()
      const other = page.getByRole('group', { name: t('delivery.content') })
      await other.waitFor()
      assert.ok(!(await other.textContent()).includes(copied), 'the replacement is another card')

      await go(page, `${base}/orders`)
      await page.getByText(number).waitFor()
      await go(page, `${base}/wallet`)
      await page.getByText(t('wallet.kind.ORDER')).first().waitFor()
      await accessible(page, 'wallet')
      await close()
    })
  }
}

test('an order that is delivered by hand appears by itself, also after the line was lost', async () => {
  const t = words('en')
  const { page, context, close } = await open(browser, { expected: [/ERR_INTERNET_DISCONNECTED/, /Failed to load resource/] })
  const { token } = await register(page, t, 'waits')
  await credit(token, '2000.00')
  const supply = 'fragment L on Listing { id variantId inStock fields { name label } }'
  const { listings } = await ask(site, token, `{ listings(first: 60) { nodes { ...L } } } ${supply}`)
  let good = null
  for (const one of listings.nodes.filter((one) => one.fields.length > 0)) good ??= one
  assert.ok(good, 'the demo sells something that asks a question')
  await go(page, `${base}/p/${good.id}`)
  const answers = Object.fromEntries(good.fields.map(({ label }) => [label, 'player-12345']))
  const order = await buy(page, t, answers)
  await page.getByText(t('follow.live')).first().waitFor()
  const found = (await ask(site, token, 'query($o: ID!) { order(id: $o) { lines { id fulfilment } } }', { o: order })).order.lines[0]
  assert.equal(found.fulfilment, 'MANUAL')
  await context.setOffline(true)
  await page.evaluate(() => dispatchEvent(new Event('offline')))
  // Whichever supplier's line it is.
  const refused = []
  for (const supplier of ['xinghe', 'qinglan', 'haitang']) {
    const { token: by } = await signIn(supplier, `owner@${supplier}.example`)
    const done = await ask(supplier, by, 'mutation($i: OrderLineDeliverInput!) { orderLineDeliver(input: $i) { errors { code message } } }', { i: { orderLineId: found.id, contents: [{ secret: 'done by hand' }], idempotencyKey: randomUUID() } })
    refused.push(...done.orderLineDeliver.errors)
  }
  assert.equal(refused.length, 2, JSON.stringify(refused))
  await context.setOffline(false)
  await page.getByRole('button', { name: t('delivery.reveal'), exact: true }).waitFor({ timeout: 40_000 })
  await page.getByText(t('order.status.DELIVERED')).first().waitFor()
  await close()
})

test('a receipt that is saved is true for the page that checks it and for the program, and an altered one for neither', async () => {
  const t = words('en')
  const { page, close } = await open(browser, { size: 'desk' })
  const { token } = await register(page, t, 'receipt')
  await credit(token, '500.00')
  const { listings } = await ask(site, token, '{ listings(first: 60, where: { kind: CARD }) { nodes { id inStock fields { name } } } }')
  await go(page, `${base}/p/${listings.nodes.find((one) => one.inStock && one.fields.length === 0).id}`)
  const order = await buy(page, t)
  // The log signs its head within a minute; a receipt waits for that.
  let receipt = null
  for (let second = 0; second < 90 && !receipt; second++) {
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-tenant': site, authorization: `Bearer ${token}` }, body: JSON.stringify({ query: 'query($o: ID!) { receipt(orderId: $o) { content } }', variables: { o: order } }) })
    receipt = (await response.json()).data?.receipt ?? null
    if (!receipt) await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  assert.ok(receipt, 'there is a receipt')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: t('papers.receipt') }).click()])
  const folder = mkdtempSync(join(tmpdir(), 'cardamom-receipt-'))
  try {
    const path = join(folder, 'receipt.json')
    await download.saveAs(path)
    assert.equal(spawnSync(process.env.CARDAMOM_PROGRAM, ['verify', path]).status, 0)
    await go(page, `${base}/verify`)
    await page.getByLabel(t('verify.drop')).setInputFiles(path)
    await page.getByRole('heading', { name: t('verify.holds') }).waitFor()
    await accessible(page, 'verify')
    const altered = readFileSync(path, 'utf8').replace(/"number":\s*"(.)/, (_, first) => `"number":"${first === 'X' ? 'Y' : 'X'}`)
    await page.getByLabel(t('verify.paste')).fill(altered)
    await page.getByRole('button', { name: t('verify.check') }).click()
    await page.getByRole('heading', { name: t('verify.fails') }).waitFor()
  } finally {
    rmSync(folder, { recursive: true })
  }
  await close()
})
