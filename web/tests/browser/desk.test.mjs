// What a desk does now and then, clicked through: a recall, an offer, evidence of its own, money for a child, what is
// hidden, a rule that goes, a host, the audit.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessible, ask, go, launch, open, picture, rememberBuyer, rememberStaff, settled } from './browser.mjs'
import { words } from './words.mjs'
import { done, world } from './world.mjs'

let browser, shop
before(async () => {
  browser = await launch()
  shop = await world()
})
after(() => browser.close())

async function console_(tenant, session, { size = 'desk', language = 'en', ...rest } = {}) {
  const opened = await open(browser, { size, language, ...rest })
  await rememberStaff(opened.context, tenant, session)
  return { ...opened, dialog: opened.page.getByRole('dialog'), t: words(language) }
}

test('a batch is recalled, and what buyers have of it is made good', async () => {
  const good = await shop.good(3)
  const mei = await shop.buyer()
  await shop.bought(mei, good, 2)
  assert.equal((await shop.purse(mei)).amount, 479)
  const { page, dialog, t, close } = await console_('xinghe', shop.supplier)
  await go(page, `/console/imports/${good.batch}`)
  await page.getByRole('button', { name: t('recall.begin') }).click()
  await dialog.getByLabel(t('recall.remedy')).selectOption('REFUND')
  await dialog.getByLabel(t('recall.note')).fill('The issuer took them back.')
  await accessible(page, 'a recall being written')
  await dialog.getByRole('button', { name: t('recall.draft') }).click()
  await page.waitForURL(/\/recalls\/rcl_/)
  await page.getByText(t('recall.review')).waitFor()
  await accessible(page, 'a recall to be confirmed')
  assert.equal((await shop.purse(mei)).amount, 479, 'a draft does nothing')
  await page.getByRole('button', { name: t('recall.confirm') }).click()
  await dialog.getByRole('button', { name: t('recall.confirm') }).click()
  await page.getByText(t('recall.status.DONE'), { exact: true }).waitFor({ timeout: 60_000 })
  assert.equal((await shop.purse(mei)).amount, 500)
  // It is in the list, with its end.
  await go(page, '/console/imports')
  await page.getByRole('link', { name: t('imports.view.recalls') }).click()
  const row = page.getByRole('row', { name: new RegExp(good.title) })
  await row.getByText(t('recall.status.DONE')).waitFor()
  await accessible(page, 'recalls')
  await row.getByRole('link').click()
  await page.waitForURL(/\/recalls\/rcl_/)
  await close()
})

test('an offer of the desk is accepted by the buyer, and evidence comes from both sides', async () => {
  const { claim, mei } = await shop.claimed()
  const { page, dialog, t, close } = await console_(shop.site, shop.owner)
  await go(page, `/console/claims/${claim}`)
  // The desk has a file, too.
  await page.getByText(t('evidence.add')).click()
  await page.getByLabel(t('upload.choose')).setInputFiles({ name: 'check.txt', mimeType: 'text/plain', buffer: Buffer.from('The issuer says that it was used.') })
  await page.getByText(t('upload.done')).waitFor()
  await accessible(page, 'evidence of the desk')
  await page.getByRole('button', { name: /Submit 1 file/ }).click()
  await page.getByText('check.txt').first().waitFor()
  // It offers money, and waits.
  await page.getByRole('button', { name: t('claimDesk.offer'), exact: true }).click()
  await dialog.getByText(t('remedy.REFUND'), { exact: true }).click()
  await dialog.getByLabel(t('claimDesk.word.buyer')).fill('We are sorry.')
  await accessible(page, 'an offer')
  await dialog.getByRole('button', { name: t('claimDesk.offer.do') }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByText(t('claim.offer.OPEN')).waitFor()

  const buyer = await open(browser, { size: 'phone' })
  await rememberBuyer(buyer.context, shop.site, mei)
  await go(buyer.page, `${shop.base}/claims/${claim}`)
  await buyer.page.getByText('We are sorry.').first().waitFor()
  await buyer.page.getByText('check.txt').first().waitFor()
  await accessible(buyer.page, 'an offer to the buyer')
  // The shop has nothing yet that it could pay from: that is said, and nothing is lost.
  await buyer.page.getByRole('button', { name: t('offers.accept'), exact: true }).click()
  await buyer.page.getByText(t('offers.short')).waitFor()
  const { wallet } = await ask(shop.site, shop.owner.token, '{ wallet { id } }')
  await done('demo', shop.operator.token, 'walletCredit', { walletId: wallet.id, amount: { amount: '20.00', currency: 'CNY' }, idempotencyKey: claim, reference: 'a test' })
  await buyer.page.getByRole('button', { name: t('offers.accept'), exact: true }).click()
  await buyer.page.getByRole('heading', { name: t('claim.head.RESOLVED') }).waitFor()
  assert.equal((await shop.purse(mei)).amount, 500)
  await buyer.close()
  // The desk sees it without asking.
  await page.getByText(t('claim.offer.ACCEPTED')).first().waitFor()
  await close()
})

for (const [size, language] of [['desk', 'en'], ['phone', 'zh-CN']]) {
  test(`a choice among all products is made with the keys alone, on a ${size} in ${language}`, async () => {
    const good = await shop.good()
    const { page, dialog, t, close } = await console_(shop.site, shop.owner, { size, language })
    await go(page, '/console/prices')
    await page.getByRole('button', { name: t('rules.new') }).first().click()
    const product = dialog.getByRole('combobox', { name: t('rule.product'), exact: true })
    await product.focus()
    await page.keyboard.press('ArrowDown')
    await dialog.getByRole('option').nth(3).waitFor()
    await accessible(page, 'a list of products')
    await page.keyboard.press('Escape')
    assert.equal(await product.getAttribute('aria-expanded'), 'false')
    assert.ok(await dialog.isVisible(), 'the dialog stays')
    await page.keyboard.type('nothing-is-called-this')
    await dialog.getByText(t('picker.nothing')).first().waitFor()
    await product.fill(good.title)
    await dialog.getByRole('option', { name: good.title }).waitFor()
    await page.keyboard.press('Enter')
    assert.equal(await product.inputValue(), good.title)
    await dialog.getByText(t('rule.way.fixed'), { exact: true }).click()
    await dialog.getByLabel(t('rule.value.fixed')).fill('15.00')
    await dialog.getByRole('region', { name: t('preview.title') }).waitFor()
    await dialog.getByRole('button', { name: t('rule.save') }).click()
    await dialog.waitFor({ state: 'hidden' })
    const price = async () => (await ask(shop.site, null, 'query($l: ID!) { listing(id: $l) { price { amount } } }', { l: good.listing })).listing.price.amount
    assert.equal(await price(), '15.00')
    // And taken away again: the next request pays what it was.
    await settled(page)
    await page.getByRole('row', { name: new RegExp(good.title) }).getByRole('button', { name: t('rules.delete.one') }).click()
    await accessible(page, 'a rule to be deleted')
    await dialog.getByRole('button', { name: t('rules.delete'), exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    assert.equal(await price(), '10.50')
    await page.waitForFunction((title) => !document.querySelector('table')?.textContent?.includes(title), good.title)
    await close()
  })
}

test('evidence is looked at in a dialog, with keys alone, and only as the file that was submitted', async () => {
  const { claim } = await shop.claimed()
  const { page, dialog, t, close } = await console_(shop.site, shop.owner)
  await go(page, `/console/claims/${claim}`)
  await page.getByText(t('evidence.add')).click()
  const hostile = 'It said: <b>not bold</b> & no more'
  await page.getByLabel(t('upload.choose')).setInputFiles([
    { name: 'screen.png', mimeType: 'image/png', buffer: picture },
    { name: 'check.txt', mimeType: 'text/plain', buffer: Buffer.from(hostile) },
    { name: 'paper.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n') },
  ])
  await page.waitForFunction((said) => document.body.textContent.split(said).length === 4, t('upload.done'))
  await page.getByRole('button', { name: /Submit 3 files/ }).click()
  const view = (name) => page.getByRole('button', { name: `View ${name}`, exact: true })
  await view('paper.pdf').waitFor()

  await view('screen.png').focus()
  await page.keyboard.press('Enter')
  const image = dialog.getByRole('img', { name: 'screen.png' })
  await image.waitFor()
  assert.ok(await image.evaluate((one) => one.complete && one.naturalWidth > 0 && one.src.startsWith('blob:')))
  const kept = (await ask(shop.site, shop.owner.token, 'query($c: ID!) { warrantyClaim(id: $c) { evidence { fileName sha256 } } }', { c: claim })).warrantyClaim.evidence
  await dialog.getByText(kept.find((one) => one.fileName === 'screen.png').sha256).waitFor()
  await accessible(page, 'a picture that is looked at')
  await dialog.getByRole('button', { name: t('evidence.large') }).click()
  await accessible(page, 'a picture in its full size')
  await dialog.getByRole('button', { name: t('word.close') }).focus()
  await page.keyboard.press('ArrowRight')
  await dialog.getByText(hostile).waitFor()
  assert.equal(await dialog.locator('pre *').count(), 0)
  await accessible(page, 'a text that is looked at')
  await page.keyboard.press('ArrowRight')
  await dialog.getByText(t('evidence.notShown')).waitFor()
  const [saved] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: t('evidence.download') }).click()])
  assert.equal(saved.suggestedFilename(), 'paper.pdf')
  await page.keyboard.press('ArrowRight')
  await image.waitFor()
  await page.keyboard.press('ArrowLeft')
  await dialog.getByText(t('evidence.notShown')).waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'View screen.png')

  // Another file than the one that was submitted is not shown.
  await page.route((url) => url.pathname.startsWith('/files/'), (route) => route.fulfill({ status: 200, contentType: 'text/plain', body: 'something else' }))
  await view('check.txt').click()
  if (await page.evaluate(() => isSecureContext)) {
    await dialog.getByText(t('evidence.altered')).waitFor()
    await accessible(page, 'a file that is another')
    await page.unrouteAll()
    await dialog.getByRole('button', { name: t('state.retry') }).click()
    await dialog.getByText(hostile).waitFor()
  }
  await close()
})

test('what is hidden is found again, and shown again under its own title', async () => {
  const good = await shop.good()
  await done(shop.site, shop.owner.token, 'listingSet', { variantId: good.variant, title: `Ours ${good.title}`, hidden: true })
  const { page, t, close } = await console_(shop.site, shop.owner)
  await go(page, '/console/listings')
  await page.getByRole('searchbox').fill('nothing-is-called-this')
  await page.getByText(t('listings.nothing'), { exact: true }).waitFor()
  await accessible(page, 'no listing found')
  await page.getByRole('link', { name: t('listings.view.hidden') }).click()
  await page.getByRole('button', { name: `Show Ours ${good.title} again` }).waitFor()
  await accessible(page, 'hidden listings')
  await page.getByRole('button', { name: `Show Ours ${good.title} again` }).click()
  await page.getByText(t('hidden.none'), { exact: true }).waitFor()
  const { listing } = await ask(shop.site, null, 'query($l: ID!) { listing(id: $l) { title } }', { l: good.listing })
  assert.equal(listing.title, `Ours ${good.title}`)
  await close()
})

test('what a good is called outlives being hidden and shown, however long it is, and what could not be looked up says so', async () => {
  const long = 'A'.repeat(118)
  const title = `${long} ·`
  const good = await shop.good(1, { title, variants: [{ sku: `long-${Date.now()}`, title: `${long} B`, settlementPrice: { amount: '10.00', currency: 'CNY' } }] })
  const { page, t, close } = await console_(shop.site, shop.owner, { expected: [/ERR_FAILED/] })
  const called = async () => (await ask(shop.site, null, 'query($l: ID!) { listing(id: $l) { title } }', { l: good.listing })).listing?.title
  const turn = async (...keys) => {
    for (const key of keys) {
      await page.getByRole('button', { name: t(key), exact: true }).click()
      await page.getByText(t(key === 'sale.hide' ? 'sale.isHidden' : 'sale.isShown'), { exact: true }).waitFor()
    }
  }
  await go(page, `/console/prices/${good.variant}`)
  await turn('sale.hide', 'sale.show')
  const supplier = `${title} · ${long} B`
  assert.equal(await called(), supplier)
  // The supplier's is taken, not copied: naming it the same way says nothing.
  await page.getByRole('button', { name: t('sale.rename') }).click()
  await page.getByRole('button', { name: t('sale.name.save') }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  assert.equal(await called(), supplier)
  const own = `Ours ${'C'.repeat(115)}`
  await page.getByRole('button', { name: t('sale.rename') }).click()
  await page.getByLabel(t('sale.name'), { exact: true }).fill(own)
  await page.getByRole('button', { name: t('sale.name.save') }).click()
  await page.getByRole('heading', { name: own }).waitFor()
  await turn('sale.hide')
  assert.equal(await called(), undefined)
  await page.reload()
  await settled(page)
  await turn('sale.show')
  assert.equal(await called(), own)
  await page.route((url) => url.pathname === '/graphql', (route) => (route.request().postData()?.includes('ConsoleListingOf') ? route.abort() : route.continue()))
  await page.reload()
  await page.getByText(t('state.failed')).waitFor()
  await accessible(page, 'a listing that could not be looked up')
  assert.equal(await page.getByRole('button', { name: t('sale.show'), exact: true }).count(), 0)
  await page.unrouteAll()
  await page.getByRole('button', { name: t('state.retry') }).click()
  await page.getByRole('button', { name: t('sale.hide'), exact: true }).waitFor()
  await close()
})

test('a shop pays into a child’s wallet by its name', async () => {
  const handle = `child-${Date.now().toString(36)}`
  const { tenant } = await done(shop.site, shop.owner.token, 'tenantCreate', { kind: 'SITE', handle, name: `Child ${handle}`, ownerEmail: `o@${handle}.example`, ownerPassword: 'a-long-enough-password' }, 'tenant { id }')
  await done('demo', shop.operator.token, 'tenantApprove', { tenantId: tenant.id })
  const { wallet } = await ask(shop.site, shop.owner.token, '{ wallet { id } }')
  await done('demo', shop.operator.token, 'walletCredit', { walletId: wallet.id, amount: { amount: '80.00', currency: 'CNY' }, idempotencyKey: handle, reference: 'a test' })
  const { page, dialog, t, close } = await console_(shop.site, shop.owner, { size: 'phone' })
  await go(page, '/console/wallet')
  await page.getByRole('button', { name: t('money.transfer') }).click()
  await dialog.getByLabel(t('money.way.tenant')).check()
  await dialog.getByRole('combobox', { name: t('money.tenant') }).click()
  await dialog.getByRole('option', { name: new RegExp(handle) }).click()
  await dialog.getByLabel(new RegExp(`^${t('money.amount')}`)).fill('12.50')
  await accessible(page, 'money for a child')
  await dialog.getByRole('button', { name: t('money.transfer.do'), exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
  const child = await done(handle, null, 'sessionCreate', { email: `o@${handle}.example`, password: 'a-long-enough-password' }, 'session { token }')
  const paid = await ask(handle, child.session.token, '{ wallet { available { amount } } }')
  assert.equal(paid.wallet.available.amount, '12.50')
  await close()
})

test('hosts of a shop are seen, given and taken away, and the audit says who did it', async () => {
  const host = `${shop.site}.example`
  const { page, dialog, t, close } = await console_('demo', shop.operator)
  await go(page, `/console/tenants/${shop.id}`)
  await page.getByText(t('tenants.hosts.none')).waitFor()
  await page.getByLabel(t('tenants.host'), { exact: true }).fill(host)
  await page.getByRole('button', { name: t('tenants.host.add'), exact: true }).click()
  await page.getByRole('list', { name: t('tenants.hosts') }).getByText(host).waitFor()
  await accessible(page, 'hosts')
  await page.getByRole('button', { name: `Remove ${host}` }).click()
  await dialog.getByRole('button', { name: t('tenants.host.remove'), exact: true }).click()
  await page.getByText(t('tenants.hosts.none')).waitFor()
  await go(page, '/console/audit')
  const operation = page.getByRole('combobox', { name: t('audit.what'), exact: true })
  await operation.fill('tenanthostremove')
  await page.getByRole('option', { name: 'tenantHostRemove' }).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(/what=tenantHostRemove/)
  await page.getByRole('row', { name: /tenantHostRemove/ }).first().waitFor()
  await page.waitForFunction(() => !document.querySelector('table')?.textContent?.includes('tenantHostAdd'))
  await accessible(page, 'the audit, narrowed')
  await page.getByLabel(t('orders.to'), { exact: true }).fill('2020-01-01')
  await page.getByText(t('audit.nothing'), { exact: true }).waitFor()
  await close()
})
