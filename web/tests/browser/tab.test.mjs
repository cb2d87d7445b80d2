// What lasts in one tab: who is signed in, the line that pushes come by, lists that are read on, files of more than a page.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { ask, go, launch, open, password, rememberBuyer, rememberStaff, settled, url } from './browser.mjs'
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

/** A claim of a buyer of the shop's. */
async function claimed() {
  const mei = await shop.buyer()
  const order = await shop.bought(mei, await shop.good())
  const { claim } = await done(shop.site, mei.token, 'warrantyClaimOpen', { deliveryId: order.lines[0].deliveries[0].id, reason: 'INVALID', description: 'It is not known.', idempotencyKey: order.id }, 'claim { id }')
  return { claim: claim.id, order, mei }
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
  // What somebody may not look at after all is remembered by the tab, too: there is a way out of it.
  await page.getByRole('combobox', { name: t('frame.tenant') }).selectOption(shop.site)
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
  const [one, other] = [await claimed(), await claimed()]
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
  const { order, mei } = await claimed()
  const { page, context, t, close } = await console_(null, null, { expected: [/status of 401/, /status of 403/] })
  await rememberBuyer(context, shop.site, mei)
  await go(page, `${shop.base}/orders/${order.id}`)
  await page.getByText(t('follow.live'), { exact: true }).waitFor()
  await revoke(mei.token)
  await page.getByText(t('signIn.ended'), { exact: true }).waitFor({ timeout: 45_000 })
  await close()
})
