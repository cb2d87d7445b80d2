import type { ClaimDesk, RemedyKind } from '@/gql/graphql'
import { decimal, micros, type Money } from '@/lib/money.ts'

/** Somebody's part in a remedy: what comes in (positive) or goes out, as far as whoever looks may know it. */
export type Share = {
  who: 'YOU' | 'SELLERS' | 'ABOVE' | ClaimDesk
  change: Money | null
  /** Rounded here as it may not be there: the last tier takes what is left. */
  about: boolean
  why: 'gets' | 'replacement' | 'alone' | 'buysAgain' | 'ownStock' | 'givesBack' | 'profitBack' | 'keeps' | 'earnsAgain'
}

type Supply = { unitCost: Money; unitPrice: Money; unitProfit: Money }
type Plan = {
  me: ClaimDesk
  bearer: ClaimDesk
  remedy: RemedyKind
  /** What the buyer gets in money; null for a replacement. */
  amount: Money | null
  /** What the unit cost the buyer. */
  paid: Money
  /** The viewer's own part of the price, for one unit. */
  supply: Supply | null
}

/** Half up, to as many places as `like` has. */
function rounded(value: bigint, like: string): bigint {
  const step = 10n ** BigInt(6 - (like.split('.')[1]?.length ?? 0))
  return ((value + step / 2n) / step) * step
}

/** Who pays what (DOMAIN section 6): who decides, pays. At the supplier's expense a refund undoes the sale, and every
 *  tier gives back in proportion; any other bearer pays alone, and everyone else keeps what they earned. */
export function sharesOf({ me, bearer, remedy, amount, paid, supply }: Plan): Share[] {
  const who = (desk: ClaimDesk): Share['who'] => (desk === me ? 'YOU' : desk)
  const out = (value: bigint): Money => ({ amount: decimal(-value), currency: paid.currency })
  if (remedy === 'REPLACE') {
    const buyer: Share = { who: 'BUYER', change: null, about: false, why: 'replacement' }
    if (bearer === 'SUPPLIER') return [buyer, { who: who('SUPPLIER'), change: null, about: false, why: 'ownStock' }]
    const cost = bearer === me && supply ? out(micros(supply.unitCost.amount) ?? 0n) : null
    return [buyer, { who: who(bearer), change: cost, about: true, why: 'buysAgain' }, { who: 'ABOVE', change: null, about: false, why: 'earnsAgain' }]
  }
  if (!amount) return []
  const back = micros(amount.amount) ?? 0n
  const whole = micros(paid.amount) ?? 0n
  const gets: Share = { who: 'BUYER', change: amount, about: false, why: 'gets' }
  if (bearer !== 'SUPPLIER' || remedy === 'COMPENSATE') {
    return [gets, { who: who(bearer), change: out(back), about: false, why: 'alone' }, { who: 'SELLERS', change: null, about: false, why: 'keeps' }]
  }
  if (!supply || whole === 0n) return [gets, { who: who('SUPPLIER'), change: null, about: false, why: 'givesBack' }]
  const about = back !== whole
  const part = (of: Money) => rounded(((micros(of.amount) ?? 0n) * back) / whole, paid.amount)
  const settlement = part(me === 'SUPPLIER' ? supply.unitPrice : supply.unitCost)
  const own = me === 'SUPPLIER' ? 0n : part(supply.unitProfit)
  const rest = back - settlement - own
  return [
    gets,
    { who: who('SUPPLIER'), change: out(settlement), about, why: 'givesBack' },
    ...(me === 'SUPPLIER' ? [] : [{ who: 'YOU' as const, change: out(own), about, why: 'profitBack' as const }]),
    ...(rest > 0n ? [{ who: 'SELLERS' as const, change: out(rest), about, why: 'profitBack' as const }] : []),
  ]
}
