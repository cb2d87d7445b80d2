// GraphiQL: every example runs, as whoever it is for; subscriptions too.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { parse, validate, buildSchema } from 'graphql'
import { ask, launch, open, password, signIn, url } from './browser.mjs'

let browser
before(async () => { browser = await launch() })
after(() => browser.close())

test('every saved example fits the schema', async () => {
  const sdl = await (await fetch(`${url}/schema.graphql`)).text()
  const schema = buildSchema(sdl, { assumeValidSDL: true })
  const source = readFileSync(new URL('../../src/graphiql/examples.ts', import.meta.url), 'utf8')
  const queries = [...source.matchAll(/query: `([^`]+)`/g)].map((match) => match[1])
  assert.ok(queries.length >= 6)
  for (const query of queries) assert.deepEqual(validate(schema, parse(query)).map(String), [])
})

test('the explorer signs in, runs an example and shows a subscription\'s events, with nothing from elsewhere', async () => {
  const { page, close } = await open(browser, { size: 'desk' })
  await page.goto(`${url}/graphql`)
  await page.getByLabel('Tenant').fill('xiaoman')
  await page.getByLabel('E-mail').fill('owner@xiaoman.example')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Signed in.').waitFor()
  assert.match(await page.getByLabel('Token').inputValue(), /^cds_/)
  const show = page.getByRole('button', { name: 'Show Examples' })
  await show.click()
  const response = page.locator('.graphiql-response')
  await page.getByRole('button', { name: /^Who am I/ }).click()
  await page.getByRole('button', { name: /Execute query/ }).click()
  await response.getByText('owner@xiaoman.example').first().waitFor()
  await page.getByRole('button', { name: /^Follow everything/ }).click()
  await page.getByRole('button', { name: /Execute query/ }).click()
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
