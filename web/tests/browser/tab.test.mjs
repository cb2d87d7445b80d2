// What lasts in one tab: who is signed in, the line that pushes come by, lists that are read on, files of more than a page.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { accessible, ask, go, launch, open, password, rememberBuyer, rememberStaff, settled, url } from './browser.mjs'
import { words } from './words.mjs'
import { done, world } from './world.mjs'

let browser, shop
before(async () => {
  browser = await launch()
  shop = await world()
})
after(() => browser.close())

async function console_(tenant, session, options = {}) {
  const opened = await open(browser, { size: 'desk', ...options })
  if (session) await rememberStaff(opened.context, tenant, session)
  return { ...opened, t: words('en') }
}

/** Signs in at the console by its form. */
async function enter(page, tenant, email, secret) {
  await page.getByLabel('Shop').fill(tenant)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(secret)
  await page.keyboard.press('Enter')
  await page.locator('nav a[href^="/console"]').first().waitFor()
  await settled(page)
}

const signedIn = async (tenant, token) => {
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-tenant': tenant, authorization: `Bearer ${token}` }, body: JSON.stringify({ query: '{ viewer { user { id } } }' }) })
  return Boolean((await response.json()).data?.viewer)
}

const revoke = (token) => ask(shop.site, token, 'mutation { sessionRevoke { errors { code } } }')

test('whoever signs in after somebody else sees nothing of theirs, and the one before is signed out at the server too', async () => {
  const { page, t, close } = await console_(null, null, { expected: [/status of 403/] })
  await go(page, '/console')
  await enter(page, 'demo', 'owner@demo.example', password)
  const token = await page.evaluate(() => JSON.parse(localStorage.getItem('cardamom:console')).token)
  // Where the owner of the network holds nothing is not offered.
  assert.equal(await page.getByRole('combobox', { name: t('frame.tenant') }).count(), 0)
  // What somebody may not look at any more is remembered by the tab, too: there is a way out of it.
  await page.evaluate((site) => sessionStorage.setItem('cardamom:console:tenant', site), shop.site)
  await page.reload()
  await page.getByText(t('fault.FORBIDDEN')).waitFor()
  await page.getByRole('button', { name: t('frame.signOut') }).click()
  await page.getByRole('heading', { name: t('entrance.title') }).waitFor()
  await enter(page, 'xinghe', 'owner@xinghe.example', password)
  const { viewer } = await ask('xinghe', shop.supplier.token, '{ viewer { tenant { name } } }')
  await page.waitForFunction((name) => document.querySelector('header p')?.textContent === name, viewer.tenant.name)
  assert.ok(!(await page.locator('body').innerText()).includes(shop.site), 'nothing of the tenant before')
  assert.equal(await signedIn('demo', token), false, 'the token of the one before')
  await close()
})

test('a session that was cut off once is not blamed when its owner leaves later', async () => {
  const mei = await shop.buyer()
  const { page, t, close } = await console_(null, null, { expected: [/status of 401/] })
  await go(page, `${shop.base}/sign-in`)
  const sign = async () => {
    await page.getByLabel('E-mail').fill(mei.email)
    await page.getByLabel('Password').fill(mei.password)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: t('frame.settings') }).waitFor()
  }
  await sign()
  const token = await page.evaluate((key) => JSON.parse(localStorage.getItem(key)).token, `cardamom:shop:${shop.site}`)
  await revoke(token)
  await page.getByRole('link', { name: t('frame.orders') }).click()
  await page.getByText(t('signIn.ended'), { exact: true }).waitFor()
  await page.getByRole('link', { name: t('entrance.signIn') }).last().click()
  await sign()
  await page.getByRole('link', { name: t('frame.settings') }).click()
  await page.getByRole('button', { name: t('settings.signOut') }).click()
  await page.getByRole('link', { name: t('frame.signIn') }).waitFor()
  await page.evaluate((path) => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')) }, `${shop.base}/orders`)
  await page.getByText(t('signIn.first'), { exact: true }).waitFor()
  await close()
})

test('from one claim to the next the line is never called lost', async () => {
  const [one, other] = [await shop.claimed(), await shop.claimed()]
  const { page, t, close } = await console_(shop.site, shop.owner)
  await page.addInitScript(() => {
    window.said = []
    const look = () => {
      const text = [...document.querySelectorAll('main [role=status]')].map((each) => each.textContent).find((each) => /Live|Connect/.test(each))
      if (text && window.said.at(-1) !== text) window.said.push(text)
    }
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true })
  })
  await go(page, `/console/claims/${one.claim}`)
  await page.getByText(t('pulse.live'), { exact: true }).waitFor({ timeout: 5_000 })
  for (const { claim } of [other, one, other]) {
    await page.locator('main a[href="/console/claims"]').click()
    await page.locator(`main a[href$="${claim}"]`).first().click()
    await page.waitForURL(new RegExp(claim))
    await page.getByText(t('pulse.live'), { exact: true }).waitFor({ timeout: 3_000 })
  }
  // Longer than the socket is kept without anybody who follows something.
  await page.locator('nav a[href="/console/account"]').click()
  await page.waitForTimeout(6_000)
  await page.goBack()
  await page.getByText(t('pulse.live'), { exact: true }).waitFor({ timeout: 3_000 })
  await page.waitForTimeout(1_500)
  const said = await page.evaluate(() => window.said)
  assert.ok(!said.includes(t('pulse.lost')), said.join(' → '))
  await close()
})

test('a buyer whose session ends on an open page is told so, and not that the connection is lost', async () => {
  const { order, mei } = await shop.claimed()
  const { page, context, t, close } = await console_(null, null, { expected: [/status of 401/, /status of 403/] })
  await rememberBuyer(context, shop.site, mei)
  await go(page, `${shop.base}/orders/${order.id}`)
  await page.getByText(t('follow.live'), { exact: true }).waitFor()
  await revoke(mei.token)
  await page.getByText(t('signIn.ended'), { exact: true }).waitFor({ timeout: 45_000 })
  await close()
})

/** Every listing of the shop's, by the API. */
async function titles() {
  const all = []
  for (let after = null; ;) {
    const { listings } = await ask(shop.site, shop.owner.token, 'query($a: String) { listings(first: 100, after: $a, orderBy: OLDEST) { nodes { title } pageInfo { hasNextPage endCursor } } }', { a: after })
    all.push(...listings.nodes.map((one) => one.title))
    if (!listings.pageInfo.hasNextPage) return all
    after = listings.pageInfo.endCursor
  }
}
const asks = (request, of) => request.method() === 'POST' && of(JSON.parse(request.postData() ?? '{}').variables ?? {})

test('a next page that can’t be had leaves the list as it was, and is had at the next try', async () => {
  const { page, t, close } = await console_(shop.site, shop.owner, { expected: [/ERR_FAILED/] })
  let failures = 0
  await page.route('**/graphql', (route) => {
    if (failures > 0 || !asks(route.request(), ({ after }) => Boolean(after))) return route.continue()
    failures += 1
    return route.abort()
  })
  await go(page, '/console/listings')
  const rows = page.locator('main tbody tr:not([aria-hidden])')
  assert.equal(await rows.count(), 25)
  await page.getByRole('button', { name: t('table.more') }).click()
  const notice = page.getByRole('alert').filter({ hasText: t('table.incomplete') })
  await notice.waitFor()
  assert.equal(await rows.count(), 25)
  assert.ok(await page.getByRole('button', { name: t('table.more') }).isEnabled())
  await accessible(page, 'a list that is not all there')
  await notice.getByRole('button', { name: t('state.retry') }).click()
  await page.waitForFunction(() => document.querySelectorAll('main tbody tr:not([aria-hidden])').length > 25)
  await notice.waitFor({ state: 'detached' })
  assert.equal(failures, 1)
  await close()
})

test('a table that can’t be read anew keeps its rows', async () => {
  const { page, t, close } = await console_(shop.site, shop.owner, { expected: [/ERR_FAILED/] })
  const order = await shop.bought(await shop.buyer(), await shop.good())
  await go(page, '/console/orders')
  const row = page.getByRole('link', { name: order.number })
  await row.first().waitFor()
  await page.route('**/graphql', (route) => (asks(route.request(), ({ first }) => Boolean(first)) ? route.abort() : route.continue()))
  await shop.bought(await shop.buyer(), await shop.good())
  await page.getByRole('alert').filter({ hasText: t('table.incomplete') }).waitFor({ timeout: 20_000 })
  assert.ok(await row.first().isVisible())
  await page.unroute('**/graphql')
  await page.getByRole('button', { name: t('state.retry') }).click()
  await page.waitForFunction(() => document.querySelectorAll('main tbody tr:not([aria-hidden])').length >= 2)
  await close()
})

test('a file has every row of a list, though only some are shown and the server asks to wait', async () => {
  const { page, t, close } = await console_(shop.site, shop.owner, { expected: [/status of 429/] })
  let [refused, asked] = [0, 0]
  await page.route('**/graphql', (route) => {
    if (!asks(route.request(), ({ first }) => first === 100)) return route.continue()
    asked += 1
    if (refused > 0) return route.continue()
    refused += 1
    return route.fulfill({ status: 429, headers: { 'retry-after': '1' }, contentType: 'application/graphql-response+json', body: JSON.stringify({ errors: [{ message: 'too many', extensions: { code: 'THROTTLED' } }] }) })
  })
  await go(page, '/console/listings')
  assert.equal(await page.locator('main tbody tr:not([aria-hidden])').count(), 25)
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: t('table.export') }).click()])
  const text = await readFile(await download.path(), 'utf8')
  const wanted = await titles()
  assert.ok(wanted.length > 25, `${wanted.length} listings`)
  assert.equal(text.trim().split('\r\n').length - 1, wanted.length)
  assert.equal(asked, 1 + Math.ceil(wanted.length / 100))
  await close()
})

test('what others did is there when a page is gone back to, and the figures follow what is sold', async () => {
  const { page, t, close } = await console_('xinghe', shop.supplier)
  await go(page, '/console/products')
  const good = await shop.good()
  await page.locator('nav a[href="/console/account"]').click()
  await settled(page)
  await page.locator('nav a[href="/console/products"]').click()
  // The newest is the last, on whichever page that is.
  const [seen, more] = [page.getByRole('link', { name: good.title }), page.getByRole('button', { name: t('table.more') })]
  await seen.or(more).first().waitFor()
  while (!(await seen.isVisible()) && (await more.isVisible())) {
    await more.click()
    await settled(page)
  }
  await seen.waitFor()
  await page.getByRole('link', { name: t('place.dashboard'), exact: true }).click()
  await settled(page)
  const today = () => page.locator('main section').first().innerText()
  const before = await today()
  await page.waitForTimeout(1_000)
  await shop.bought(await shop.buyer(), good)
  await page.waitForFunction((text) => document.querySelector('main section').innerText !== text, before, { timeout: 20_000 })
  await close()
})

test('an import whose progress can’t be asked for a while is followed to its end', async () => {
  const { page, t, close } = await console_('xinghe', shop.supplier, { expected: [/ERR_FAILED/] })
  const good = await shop.good(0)
  let failures = 0
  await page.route('**/graphql', (route) => {
    if (failures >= 4 || !asks(route.request(), ({ id }) => String(id).startsWith('imp_'))) return route.continue()
    failures += 1
    return route.abort()
  })
  await go(page, `/console/imports/new?variant=${good.variant}`)
  await page.getByRole('button', { name: t('imports.by.paste') }).click()
  await page.getByRole('textbox', { name: t('imports.paste') }).fill(Array.from({ length: 12 }, (_, line) => `TAB-${good.variant}-${line}`).join('\n'))
  const check = page.getByRole('button', { name: t('imports.check'), exact: true })
  await check.click()
  await page.getByText(t('imports.unheard')).waitFor()
  assert.ok(await check.isEnabled(), 'the form is not stuck')
  await accessible(page, 'an import that is not heard of')
  await page.getByText(t('import.checkedAll')).waitFor({ timeout: 20_000 })
  await page.getByText(t('imports.unheard')).waitFor({ state: 'detached' })
  await close()
})

test('a page of the console that is gone to says which it is, and is read from its heading', async () => {
  const { viewer } = await ask(shop.site, shop.owner.token, '{ viewer { tenant { name } } }')
  for (const language of ['en', 'zh-CN']) {
    const { page, close } = await console_(shop.site, shop.owner, { language })
    const t = words(language)
    await go(page, '/console')
    assert.equal(await page.title(), `${t('place.dashboard')} – ${viewer.tenant.name}`)
    for (const place of ['orders', 'coupons', 'account']) {
      await page.getByRole('link', { name: t(`place.${place}`), exact: true }).click()
      await settled(page)
      await page.waitForFunction((title) => document.title === title, `${t(`place.${place}`)} – ${viewer.tenant.name}`)
      assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1')
      assert.equal(await page.locator('p[role=status].sr-only').innerText(), await page.title())
    }
    await page.goBack()
    await page.waitForFunction((title) => document.title.startsWith(title) && document.activeElement.tagName === 'H1', t('place.coupons'))
    await go(page, '/console/no-such-page')
    assert.equal(await page.title(), `${t('state.missing')} – ${viewer.tenant.name}`)
    await accessible(page, 'a page that is not there')
    await close()
  }
})
