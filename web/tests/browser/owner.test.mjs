// The owner's journey: a price rule with its preview, a child site, an import by the supplier, and a claim decided.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { accessible, ask, go, languages, launch, open, rememberStaff, settled, signIn, sizes } from './browser.mjs'
import { words } from './words.mjs'

const site = 'qinghe'
let browser, owner, supplier, operator
before(async () => {
  browser = await launch()
  owner = await signIn(site, `owner@${site}.example`)
  supplier = await signIn('xinghe', 'owner@xinghe.example')
  operator = await signIn('demo', 'owner@demo.example')
})
after(() => browser.close())

/** A buyer's claim on something just bought there. */
async function claim() {
  const made = await ask(site, null, 'mutation($i: BuyerRegisterInput!) { buyerRegister(input: $i) { session { token } viewer { wallet { id } } } }', { i: { email: `${randomUUID()}@buyers.example`, password: 'a-long-enough-password', displayName: 'Claims' } })
  const { session: { token }, viewer: { wallet } } = made.buyerRegister
  await ask('demo', operator.token, 'mutation($i: WalletCreditInput!) { walletCredit(input: $i) { errors { message } } }', { i: { walletId: wallet.id, amount: { amount: '900.00', currency: 'CNY' }, idempotencyKey: randomUUID(), reference: 'a test' } })
  const { listings } = await ask(site, token, '{ listings(first: 60, where: { kind: CARD, inStock: true }) { nodes { id fields { name } price { amount currency } } } }')
  const good = listings.nodes.filter((one) => one.fields.length === 0).sort((one, other) => one.price.amount - other.price.amount)[0]
  const { quote } = await ask(site, token, 'query($l: ID!) { quote(lines: [{ listingId: $l, quantity: 1 }]) { total { amount currency } } }', { l: good.id })
  const placed = await ask(site, token, 'mutation($i: OrderPlaceInput!) { orderPlace(input: $i) { order { lines { deliveries { id } } } errors { message } } }', { i: { idempotencyKey: randomUUID(), lines: [{ listingId: good.id, quantity: 1 }], expectedTotal: quote.total, payWith: { wallet: true } } })
  assert.deepEqual(placed.orderPlace.errors, [])
  const opened = await ask(site, token, 'mutation($i: WarrantyClaimOpenInput!) { warrantyClaimOpen(input: $i) { claim { id } errors { message } } }', { i: { deliveryId: placed.orderPlace.order.lines[0].deliveries[0].id, reason: 'INVALID', description: 'It is not known.', idempotencyKey: randomUUID() } })
  assert.deepEqual(opened.warrantyClaimOpen.errors, [])
  return { token, id: opened.warrantyClaimOpen.claim.id }
}

let round = 0
for (const size of Object.keys(sizes)) {
  for (const language of languages) {
    test(`an owner's journey on a ${size} in ${language}`, async () => {
      const t = words(language)
      round += 1
      const { page, context, close } = await open(browser, { size, language })
      await rememberStaff(context, site, owner)

      // A rule for everything that the shop's own buyers pay; what it would change is seen before it is saved.
      const before = (await ask(site, owner.token, '{ priceRules { markupBasisPoints forEveryone childTenantId productId variantId } }')).priceRules
      await go(page, '/console/prices')
      await page.getByRole('button', { name: t('rules.new') }).first().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText(t('rule.way.markup'), { exact: true }).click()
      await dialog.getByLabel(t('rule.value.markup')).fill(String(20 + round))
      await dialog.getByRole('region', { name: t('preview.title') }).waitFor()
      await accessible(page, 'the rule')
      assert.deepEqual((await ask(site, owner.token, '{ priceRules { markupBasisPoints forEveryone childTenantId productId variantId } }')).priceRules, before, 'a preview changes nothing')
      await dialog.getByRole('button', { name: t('rule.save') }).click()
      await dialog.waitFor({ state: 'hidden' })
      const rules = (await ask(site, owner.token, '{ priceRules { markupBasisPoints } }')).priceRules
      assert.ok(rules.some((rule) => rule.markupBasisPoints === (20 + round) * 100), 'the rule is saved')

      // A child site, which waits for the operator.
      await go(page, '/console/tenants')
      await page.getByRole('button', { name: t('tenants.open'), exact: true }).first().click()
      const handle = `child-${round}-${randomUUID().slice(0, 6)}`
      await dialog.getByLabel(t('tenants.name'), { exact: true }).fill(`Child ${handle}`)
      await dialog.getByLabel(t('tenants.handle'), { exact: true }).fill(handle)
      await dialog.getByLabel(t('tenants.owner.email')).fill(`owner@${handle}.example`)
      await dialog.getByLabel(t('tenants.owner.password')).fill('a-long-enough-password')
      await dialog.getByRole('button', { name: t('tenants.open.do'), exact: true }).click()
      await dialog.waitFor({ state: 'hidden' })
      await page.getByText(`Child ${handle}`).first().waitFor()

      // A claim, taken from the queue and granted, after a look at who pays what.
      const { token, id } = await claim()
      await go(page, '/console/claims')
      await page.locator(`main a[href$="${id}"]`).first().click()
      await page.waitForURL(new RegExp(id))
      await settled(page)
      await page.getByRole('button', { name: t('claimDesk.approve'), exact: true }).click()
      await dialog.getByText(t('remedy.REPLACE'), { exact: true }).click()
      await accessible(page, 'the remedy')
      await dialog.getByRole('button', { name: t('claimDesk.approve.do') }).click()
      await dialog.waitFor({ state: 'hidden' })
      await page.getByText(t('claim.status.RESOLVED')).first().waitFor()
      const decided = await ask(site, token, 'query($c: ID!) { warrantyClaim(id: $c) { status remedy { kind } } }', { c: id })
      assert.deepEqual(decided.warrantyClaim, { status: 'RESOLVED', remedy: { kind: 'REPLACE' } })
      await close()

      // The supplier's cards: looked through first, and stored then.
      const stock = await open(browser, { size, language })
      await rememberStaff(stock.context, 'xinghe', supplier)
      await go(stock.page, '/console/imports/new')
      await stock.page.getByRole('combobox', { name: t('variants.title'), exact: true }).click()
      await stock.page.getByRole('listbox').getByRole('option').first().click()
      await stock.page.waitForURL(/variant=var_/)
      await stock.page.getByRole('button', { name: t('imports.by.paste') }).click()
      await stock.page.getByRole('textbox', { name: t('imports.paste') }).fill(Array.from({ length: 30 }, (_, line) => `TEST-${handle}-${String(line).padStart(4, '0')}`).join('\n'))
      await stock.page.getByRole('button', { name: t('imports.check'), exact: true }).click()
      await stock.page.getByText(t('import.checkedAll')).waitFor()
      await accessible(stock.page, 'the import')
      await stock.page.locator('button:not([disabled])', { hasText: '30' }).click()
      await stock.page.waitForURL(/\/imports\/imp_/)
      await stock.page.getByText(t('import.done')).waitFor()
      await stock.close()
    })
  }
}
