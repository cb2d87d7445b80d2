// A shop of a test's own in the demo's network, with goods of its own: what it does to them concerns no other test.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { ask, signIn } from './browser.mjs'

const cny = (amount) => ({ amount, currency: 'CNY' })
const short = () => randomUUID().slice(0, 8)
const secret = 'a-long-enough-password'

/** Does something that must not be refused; answers its payload. */
export async function done(tenant, token, mutation, input, selection) {
  const decision = /^(product|tenant)(Submit|Approve|Suspend|Reinstate)$/.exec(mutation)
  const name = decision ? `${decision[1]}Decision` : mutation
  const type = `${name[0].toUpperCase()}${name.slice(1)}Input`
  const data = await ask(tenant, token, `mutation($i: ${type}!) { done: ${mutation}(input: $i) { ${selection ?? ''} errors { code message path } } }`, { i: input })
  assert.deepEqual(data.done.errors, [], mutation)
  return data.done
}

/** The network's people, a site right under the operator, and its owner. */
export async function world() {
  const operator = await signIn('demo', 'owner@demo.example')
  const supplier = await signIn('xinghe', 'owner@xinghe.example')
  const site = `shop-${short()}`
  const { tenant } = await done('demo', operator.token, 'tenantCreate', { kind: 'SITE', handle: site, name: `Shop ${site}`, ownerEmail: `owner@${site}.example`, ownerPassword: secret }, 'tenant { id }')
  const made = await done(site, null, 'sessionCreate', { email: `owner@${site}.example`, password: secret }, 'session { token expiresAt }')
  const owner = made.session

  /** A buyer with so much in the wallet. */
  const buyer = async (amount = '500.00') => {
    const email = `${short()}@buyers.example`
    const { session, viewer } = await done(site, null, 'buyerRegister', { email, password: secret, displayName: 'Mei' }, 'session { token expiresAt } viewer { wallet { id } }')
    await done('demo', operator.token, 'walletCredit', { walletId: viewer.wallet.id, amount: cny(amount), idempotencyKey: short(), reference: 'a test' })
    return { ...session, email, password: secret }
  }

  /** Cards for a variant; answers the import's id. */
  const stock = async (variantId, count) => {
    const content = Array.from({ length: count }, () => `CARD-${randomUUID()}`).join('\n')
    const { import: one } = await done('xinghe', supplier.token, 'cardsImport', { variantId, format: 'LINES', content, idempotencyKey: short() }, 'import { id accepted }')
    assert.equal(one.accepted, count)
    return one.id
  }

  /** Something of the supplier's that is on sale here, with so many in stock. */
  const good = async (cards = 5, input = {}) => {
    const title = `Good ${short()}`
    const { product } = await done('xinghe', supplier.token, 'productCreate', { title, kind: 'CARD', variants: [{ sku: short(), title, settlementPrice: cny('10.00') }], ...input }, 'product { id variants { id } }')
    await done('xinghe', supplier.token, 'productSubmit', { productId: product.id })
    await done('demo', operator.token, 'productApprove', { productId: product.id })
    const variant = product.variants[0].id
    const batch = cards > 0 ? await stock(variant, cards) : null
    return { title, product: product.id, variant, batch, listing: `lst_${tenant.id.slice(4)}${variant.slice(4)}` }
  }

  /** Bought by the API. */
  const bought = async (who, { listing }, quantity = 1) => {
    const { quote } = await ask(site, who.token, 'query($l: ID!, $q: Int!) { quote(lines: [{ listingId: $l, quantity: $q }]) { total { amount currency } } }', { l: listing, q: quantity })
    const { order } = await done(site, who.token, 'orderPlace', { idempotencyKey: short(), lines: [{ listingId: listing, quantity }], expectedTotal: quote.total, payWith: { wallet: true } }, 'order { id number lines { deliveries { id } } }')
    return order
  }

  /** Something that a buyer has bought and claims. */
  const claimed = async (input = {}) => {
    const [mei, sold] = [await buyer(), await good()]
    const order = await bought(mei, sold)
    const { claim } = await done(site, mei.token, 'warrantyClaimOpen', { deliveryId: order.lines[0].deliveries[0].id, reason: 'INVALID', description: 'It is not known.', idempotencyKey: order.id, ...input }, 'claim { id }')
    return { claim: claim.id, order, mei, good: sold }
  }

  /** What somebody has, and how many orders. */
  const purse = async (who) => {
    const { wallet, orders } = await ask(site, who.token, '{ wallet { available { amount } } orders { nodes { id } } }')
    return { amount: Number(wallet.available.amount), orders: orders.nodes.length }
  }

  return { site, id: tenant.id, base: `/s/${site}`, operator, supplier, owner, buyer, good, stock, bought, claimed, purse }
}
