// A browser that is strict: whatever it complains about fails the test that it happened in.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { AxeBuilder } from '@axe-core/playwright'

export const url = process.env.CARDAMOM_URL
/** Where the system has its Chromium. */
export const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
export const sizes = { phone: { width: 360, height: 780 }, desk: { width: 1280, height: 800 } }
export const languages = ['zh-CN', 'en']
/** One red pixel, as a file. */
export const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64')
/** What the demo's people sign in with. */
export const password = 'cardamom-demo'

export const launch = () => chromium.launch({ executablePath, args: ['--no-sandbox'] })

/** A page, and what it did that it should not have done. `close()` fails where there is something. */
export async function open(browser, { size = 'phone', language = 'en', dark = false, scripts = true, expected = [] } = {}) {
  const context = await browser.newContext({
    viewport: sizes[size],
    locale: language,
    colorScheme: dark ? 'dark' : 'light',
    javaScriptEnabled: scripts,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const page = await context.newPage()
  const wrong = []
  const fine = (text) => expected.some((pattern) => pattern.test(text))
  page.on('console', (message) => {
    if (message.type() === 'error' && !fine(message.text())) wrong.push(`console: ${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => wrong.push(`error: ${error.stack}`))
  page.on('request', (request) => {
    const at = new URL(request.url())
    if (/^(https?|wss?):$/.test(at.protocol) && at.host !== new URL(url).host) wrong.push(`a request to ${at.host}`)
  })
  page.on('dialog', (dialog) => {
    wrong.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return {
    page,
    context,
    wrong,
    async close() {
      await context.close()
      assert.deepEqual(wrong, [])
    },
  }
}

/** Goes there, and waits until the page has what it asked for. */
export async function go(page, path) {
  await page.goto(url + path, { waitUntil: 'load' })
  await settled(page)
}

/** The application has taken over from what the server has drawn, and no placeholder is left. */
export async function settled(page) {
  await page.waitForFunction(() => 'live' in document.documentElement.dataset && document.querySelector('h1') && !document.querySelector('[aria-busy=true], .skeleton'))
}

/** WCAG 2.2 AA, by axe; and nothing scrolls sideways. Axe's older way opens no second page to put results of frames
 *  together: there are no frames. `theirs` are flaws of somebody else's code, as rule and selector. */
export async function accessible(page, what, theirs = []) {
  const found = await new AxeBuilder({ page }).setLegacyMode(true).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
  const violations = []
  for (const { id, nodes } of found.violations) {
    const others = theirs.filter(([rule]) => rule === id).map(([, selector]) => selector)
    const known = others.length > 0 ? await page.evaluate(([all, own]) => all.map((target) => document.querySelector(target)?.matches(own) ?? false), [nodes.map((node) => node.target.join(' ')), others.join()]) : []
    const ours = nodes.filter((_, at) => !known[at])
    if (ours.length > 0) violations.push({ id, nodes: ours })
  }
  const told = violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ''}`).slice(0, 3).join('; ')}`)
  assert.deepEqual(told, [], what)
  const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
  assert.ok(wide <= seen, `${what} is ${wide} px wide in a window of ${seen}`)
}

/** Asks the API as the pages do. */
export async function ask(tenant, token, query, variables = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-tenant': tenant, ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ query, variables }),
  })
  const answer = await response.json()
  assert.ok(!answer.errors, JSON.stringify(answer.errors))
  return answer.data
}

/** A token for somebody of the demo. */
export async function signIn(tenant, email) {
  const made = await ask(tenant, null, 'mutation($e: String!, $p: String!) { sessionCreate(input: { email: $e, password: $p }) { session { token expiresAt } errors { code } } }', { e: email, p: password })
  assert.ok(made.sessionCreate.session, `${email} can't sign in at ${tenant}`)
  return made.sessionCreate.session
}

/** Opens pages as somebody who has signed in before. */
export async function remember(context, key, tenant, session) {
  await context.addInitScript(([at, said]) => localStorage.setItem(at, said), [`cardamom:${key}`, JSON.stringify({ tenant, ...session })])
}
export const rememberBuyer = (context, tenant, session) => remember(context, `shop:${tenant}`, tenant, session)
export const rememberStaff = (context, tenant, session) => remember(context, 'console', tenant, session)
