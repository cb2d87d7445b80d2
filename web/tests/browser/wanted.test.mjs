// What the terms ask for with a claim, from the supplier's desk to the buyer's phone; and what pays where nobody can.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessible, ask, go, launch, open, picture, rememberBuyer, rememberStaff } from './browser.mjs'
import { words } from './words.mjs'
import { world } from './world.mjs'

let browser, shop
before(async () => {
  browser = await launch()
  shop = await world()
})
after(() => browser.close())

test('a claim goes on when the files that its terms ask for are there', async () => {
  const t = words('zh-CN')
  const good = await shop.good()
  // The supplier asks for them at its desk.
  const desk = await open(browser, { size: 'desk', language: 'zh-CN' })
  await rememberStaff(desk.context, 'xinghe', shop.supplier)
  await go(desk.page, `/console/products/${good.product}`)
  await desk.page.locator('section', { has: desk.page.getByRole('heading', { name: t('product.terms') }) }).getByRole('button', { name: t('kit.change') }).click()
  const dialog = desk.page.getByRole('dialog')
  const asked = dialog.getByRole('group', { name: t('terms.edit.evidence') })
  for (const kind of ['SCREENSHOT', 'CHAT_EXCERPT']) await asked.getByLabel(t(`evidence.kind.${kind}`)).check()
  await accessible(desk.page, 'terms that ask for files')
  await dialog.getByRole('button', { name: t('terms.save') }).click()
  await dialog.waitFor({ state: 'detached' })
  await desk.close()

  const mei = await shop.buyer()
  const order = await shop.bought(mei, good)
  const { page, context, close } = await open(browser, { language: 'zh-CN' })
  await rememberBuyer(context, shop.site, mei)
  await go(page, `${shop.base}/p/${good.listing}`)
  await page.getByText(t('terms.evidence', { kinds: `${t('evidence.kind.SCREENSHOT')}${t('word.comma')}${t('evidence.kind.CHAT_EXCERPT')}` })).waitFor()
  await go(page, `${shop.base}/orders/${order.id}/claim/${order.lines[0].deliveries[0].id}?step=reason`)
  await page.getByLabel(t('claim.reason.INVALID')).check()
  await page.getByLabel(t('wizard.description')).fill('说验证码无效。')
  const next = page.getByRole('button', { name: t('wizard.next') })
  await next.click()
  await page.getByText(t('wizard.evidence.needed')).waitFor()
  await next.click()
  await page.getByText(t('wizard.evidence.missing', { kinds: `${t('evidence.kind.SCREENSHOT')}${t('word.comma')}${t('evidence.kind.CHAT_EXCERPT')}` })).waitFor()
  await accessible(page, 'files that are wanted')
  const send = async (name) => {
    await page.getByLabel(t('upload.choose')).setInputFiles({ name, mimeType: 'image/png', buffer: picture })
    await page.getByRole('button', { name: t('upload.remove', { name }) }).waitFor()
  }
  await send('screen.png')
  await next.click()
  await page.getByText(t('wizard.evidence.missing', { kinds: t('evidence.kind.CHAT_EXCERPT') })).waitFor()
  // A picture of what was said is said to be one.
  await page.getByLabel(t('wizard.evidence.shows')).selectOption(t('evidence.kind.CHAT_EXCERPT'))
  await send('chat.png')
  await next.click()
  await page.getByRole('button', { name: t('wizard.send') }).click()
  await page.waitForURL(/\/claims\/clm_/)
  const claim = page.url().match(/clm_[0-9a-f]+/)[0]
  const { warrantyClaim } = await ask(shop.site, mei.token, 'query($c: ID!) { warrantyClaim(id: $c) { evidence { kind } } }', { c: claim })
  assert.deepEqual(warrantyClaim.evidence.map(({ kind }) => kind), ['SCREENSHOT', 'CHAT_EXCERPT'])
  await close()
})

test('the operator fills the fund that pays a buyer whom a supplier can’t', async () => {
  const t = words('en')
  const { page, context, close } = await open(browser, { size: 'desk' })
  await rememberStaff(context, 'demo', shop.operator)
  const { wallet } = await ask('demo', shop.operator.token, '{ wallet { id } }')
  await ask('demo', shop.operator.token, 'mutation($i: WalletCreditInput!) { walletCredit(input: $i) { errors { message } } }', { i: { walletId: wallet.id, amount: { amount: '50.00', currency: 'CNY' }, idempotencyKey: `fund-${Date.now()}`, reference: 'a test' } })
  const balance = async () => Number((await ask('demo', shop.operator.token, '{ buyerProtectionFund { balance { amount } } }')).buyerProtectionFund.balance.amount)
  const before = await balance()
  await go(page, '/console/guards')
  for (const [way, amount, after] of [['add', '30', before + 30], ['take', '10', before + 20]]) {
    await page.getByRole('button', { name: t(`money.fund.${way}`) }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(t('money.amount')).fill(amount)
    await accessible(page, `the fund, ${way}`)
    await dialog.getByRole('button', { name: t(`money.fund.${way}`) }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.equal(await balance(), after)
  }
  await close()
})

test('what is being filled in stays while its page can’t be read again, and moves once', async () => {
  const t = words('en')
  const { page, context, wrong, close } = await open(browser, { size: 'desk', expected: [/ERR_FAILED/] })
  await rememberStaff(context, 'demo', shop.operator)
  const { wallet } = await ask('demo', shop.operator.token, '{ wallet { id } }')
  const credit = () => ask('demo', shop.operator.token, 'mutation($i: WalletCreditInput!) { walletCredit(input: $i) { errors { message } } }', { i: { walletId: wallet.id, amount: { amount: '20.00', currency: 'CNY' }, idempotencyKey: `kept-${Date.now()}`, reference: 'a test' } })
  const balance = async () => Number((await ask('demo', shop.operator.token, '{ buyerProtectionFund { balance { amount } } }')).buyerProtectionFund.balance.amount)
  await credit()
  const before = await balance()
  await go(page, '/console/guards')
  await page.getByRole('button', { name: t('money.fund.add') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('money.amount')).fill('7')
  // The first answer is lost after it was done, and whatever is asked meanwhile has none.
  let failed = 0
  await page.route('**/graphql', async (route) => {
    const { variables } = route.request().postDataJSON() ?? {}
    if (variables?.input) await route.fetch()
    failed += 1
    return route.abort()
  })
  await dialog.getByRole('button', { name: t('money.fund.add') }).click()
  await dialog.getByRole('alert').waitFor()
  const asked = failed
  await credit()
  while (failed === asked) await page.waitForTimeout(100)
  await page.waitForTimeout(300)
  assert.equal(await dialog.getByLabel(t('money.amount')).inputValue(), '7')
  await page.unroute('**/graphql')
  await dialog.getByRole('button', { name: t('money.fund.add') }).click()
  await dialog.waitFor({ state: 'detached' })
  assert.equal(await balance(), before + 7)
  assert.deepEqual(wrong, [])
  await close()
})
