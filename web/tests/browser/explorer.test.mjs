// GraphiQL: every example runs, as whoever it is for; subscriptions too. The page itself is accessible.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { parse, validate, buildSchema } from 'graphql'
import { accessible, ask, launch, open, password, signIn, url } from './browser.mjs'

let browser
before(async () => { browser = await launch() })
after(() => browser.close())

const source = readFileSync(new URL('../../src/graphiql/examples.ts', import.meta.url), 'utf8')
const saved = [...source.matchAll(/name: '([^']+)',\s+who: '([^']+)',\s+query: `([^`]+)`/g)].map(([, name, who, query]) => ({ name, who, query }))

test('every saved example fits the schema', async () => {
  const sdl = await (await fetch(`${url}/schema.graphql`)).text()
  const schema = buildSchema(sdl, { assumeValidSDL: true })
  assert.equal(saved.length, source.match(/query: `/g).length)
  assert.ok(saved.length >= 6)
  for (const { query } of saved) assert.deepEqual(validate(schema, parse(query)).map(String), [])
})

/** The explorer as somebody at the demo's shop. */
async function explorer(email) {
  const opened = await open(browser, { size: 'desk' })
  const { page } = opened
  await page.goto(`${url}/graphql`)
  await page.getByLabel('Tenant').fill('xiaoman')
  if (email) {
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Signed in.').waitFor()
    assert.match(await page.getByLabel('Token').inputValue(), /^cds_/)
  }
  await page.getByRole('button', { name: 'Show Examples' }).click()
  const run = page.getByRole('button', { name: /Execute query/ })
  /** Runs an example, with other variables where it has some; answers what the page shows. */
  const example = async (name, variables) => {
    await page.getByRole('button', { name: new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`) }).click()
    if (variables) {
      const show = page.getByRole('button', { name: 'Show editor tools' })
      if (await show.isVisible()) await show.click()
      await page.getByRole('region', { name: 'Variables' }).locator('.view-lines').first().click()
      await page.keyboard.press('ControlOrMeta+A')
      // Pasted: the editor closes the quotes of what is typed.
      await page.evaluate((text) => navigator.clipboard.writeText(text), JSON.stringify(variables))
      await page.keyboard.press('ControlOrMeta+V')
    }
    await run.click()
  }
  return { ...opened, response: page.locator('.graphiql-response'), example }
}

test('every example answers whoever it is for', async () => {
  const buyer = await signIn('xiaoman', 'lin.xiaoyu@buyers.example')
  const { listings } = await ask('xiaoman', buyer.token, '{ listings(first: 60) { nodes { id title inStock fields { name } price { amount currency } } } }')
  const good = listings.nodes.filter((one) => one.inStock && one.fields.length === 0).sort((one, other) => one.price.amount - other.price.amount)[0]
  const orders = async () => (await ask('xiaoman', buyer.token, '{ orders(first: 1) { nodes { id number } } }')).orders.nodes[0]
  const before = await orders()
  // What each needs, and what of its answer shows that it is one.
  const runs = {
    'What a shop sells': { as: null, shows: '"storefront"' },
    'Who am I, and what may I do': { as: 'owner@xiaoman.example', shows: 'owner@xiaoman.example' },
    'What it would cost': { as: null, variables: { listing: good.id }, shows: '"unitPrice"' },
    'Buy one from the wallet': { as: 'lin.xiaoyu@buyers.example', variables: { listing: good.id, total: good.price, key: `explorer-${Date.now()}` }, shows: '"warrantyEndsAt"' },
    'My orders': { as: 'lin.xiaoyu@buyers.example', shows: '"placedAt"' },
    'Follow everything that happens (subscription)': { as: 'owner@xiaoman.example', follows: true },
    'Follow one order (subscription)': { as: 'lin.xiaoyu@buyers.example', variables: { order: before.id }, follows: true },
    'Claims by due time': { as: 'owner@xiaoman.example', shows: '"dueAt"' },
  }
  assert.deepEqual(Object.keys(runs).sort(), saved.map(({ name }) => name).sort())
  for (const as of new Set(Object.values(runs).map((one) => one.as))) {
    const { page, response, example, close } = await explorer(as)
    for (const [name, one] of Object.entries(runs).filter(([, one]) => one.as === as)) {
      await example(name, one.variables)
      const told = async () => (await response.innerText()).replaceAll('\u00a0', ' ')
      if (one.follows) {
        // It is listened to until somebody says that it is enough; a refusal would end it.
        const stop = page.getByRole('button', { name: /Stop query/ })
        await stop.waitFor()
        await page.waitForTimeout(1_000)
        assert.doesNotMatch(await told(), /"errors"/, name)
        await stop.click()
      } else {
        const wanted = one.shows
        for (let turn = 0; turn < 40 && !(await told()).includes(wanted); turn++) await page.waitForTimeout(250)
        assert.ok((await told()).includes(wanted), `${name}: ${await told()}`)
        assert.doesNotMatch(await told(), /"message"/, name)
      }
    }
    await close()
  }
  assert.notEqual((await orders()).id, before.id, 'the purchase was one')
})

test('the explorer is accessible, but for what is GraphiQL\'s own', async () => {
  const theirs = [
    ['color-contrast', '.graphiql-logo-link'],
    ['color-contrast', '.monaco-editor .line-numbers'],
    ['color-contrast', '.monaco-editor .view-line *'],
    ['nested-interactive', '.graphiql-tab'],
  ]
  for (const look of [{ size: 'desk' }, { size: 'desk', dark: true }, { size: 'phone' }]) {
    const { page, close } = await open(browser, look)
    await page.goto(`${url}/graphql`)
    await page.locator('.graphiql-query-editor .view-line').first().waitFor()
    await accessible(page, 'the explorer', theirs)
    await page.getByRole('button', { name: 'Show Examples' }).click()
    await page.getByRole('region', { name: 'Examples' }).getByRole('button').first().waitFor()
    await accessible(page, 'the explorer\'s examples', theirs)
    await close()
  }
})


test('the explorer signs in, runs an example and shows a subscription\'s events, with nothing from elsewhere', async () => {
  const { response, example, close } = await explorer('owner@xiaoman.example')
  await example('Who am I')
  await response.getByText('owner@xiaoman.example').first().waitFor()
  await example('Follow everything')
  // Something happens in the shop, until the explorer listens: its operator credits its wallet.
  const operator = await signIn('demo', 'owner@demo.example')
  const owner = await signIn('xiaoman', 'owner@xiaoman.example')
  const { wallet } = await ask('xiaoman', owner.token, '{ wallet { id } }')
  const pushed = response.getByText('WALLET_CHANGED').first()
  for (let turn = 0; turn < 15 && !(await pushed.isVisible()); turn++) {
    const credit = { walletId: wallet.id, amount: { amount: '1.00', currency: 'CNY' }, idempotencyKey: `explorer-${turn}`, reference: 'explorer' }
    const { walletCredit } = await ask('demo', operator.token, 'mutation($i: WalletCreditInput!) { walletCredit(input: $i) { errors { code } } }', { i: credit })
    assert.deepEqual(walletCredit.errors, [])
    await pushed.waitFor({ timeout: 2_000 }).catch(() => {})
  }
  await pushed.waitFor()
  await close()
})
