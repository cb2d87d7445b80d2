import { useState } from 'react'
import type { ClaimDesk, RemedyHindrance, RemedyKind } from '@/gql/graphql'
import { micros, type Money } from '@/lib/money.ts'
import { amountOf } from '../kit/MoneyField.tsx'
import { lineOf, type Claim } from './claim.ts'
import { sharesOf } from './shares.ts'

/** What is about to be granted or offered: which remedy, how much, at whose expense, and what that comes to. */
export function useGrant(claim: Claim, me: ClaimDesk) {
  const options = claim.remedyOptions
  const usable = options.filter((one) => !one.hindrance)
  const first = usable.find((one) => one.kind === claim.wanted) ?? usable[0]
  const [remedy, setRemedy] = useState<RemedyKind>(first?.kind ?? 'COMPENSATE')
  const [text, setText] = useState('')
  const [named, setBearer] = useState<ClaimDesk>('SUPPLIER')
  const gift = remedy === 'COMPENSATE' && !options.some((one) => one.kind === 'COMPENSATE')
  const bearer = me !== 'OPERATOR' ? me : gift ? 'OPERATOR' : named
  const supply = lineOf(claim)?.supply ?? null
  // What the buyer paid: known to the site as its own price, else as the most that can be given.
  const most = (kind: RemedyKind): Money | null => options.find((one) => one.kind === kind)?.amount ?? null
  const paid: Money = (me === 'SITE' ? supply?.unitPrice : null) ?? most('COMPENSATE') ?? most('REFUND') ?? lineOf(claim)?.unitPrice ?? { amount: '0', currency: 'CNY' }
  const limit = remedy === 'COMPENSATE' ? paid : remedy === 'REFUND' ? most('REFUND') : null
  const written = amountOf(text)
  const over = limit && written ? (micros(written) ?? 0n) > (micros(limit.amount) ?? 0n) : false
  const takesAmount = remedy === 'COMPENSATE' || remedy === 'REFUND'
  const amount: Money | null = remedy === 'REPLACE' ? null
    : remedy === 'PRORATA_REFUND' ? most('PRORATA_REFUND')
    : written ? { amount: written, currency: paid.currency }
    : remedy === 'REFUND' && text.trim() === '' ? limit : null
  const ready = remedy === 'REPLACE' || (!!amount && !over)
  const kinds: { kind: RemedyKind; amount: Money | null; hindrance: RemedyHindrance | null; gift: boolean }[] = [
    ...options.map((one) => ({ kind: one.kind, amount: one.amount ?? null, hindrance: one.hindrance ?? null, gift: false })),
    ...(options.some((one) => one.kind === 'COMPENSATE') ? [] : [{ kind: 'COMPENSATE' as const, amount: null, hindrance: null, gift: true }]),
  ]
  return {
    kinds, remedy, setRemedy, text, setText, bearer, setBearer, gift, limit, takesAmount, ready, currency: paid.currency,
    shares: sharesOf({ me, bearer, remedy, amount: over ? null : amount, paid, supply }),
    input: {
      remedy,
      amount: takesAmount && written ? { amount: written, currency: paid.currency } : null,
      bearer: me === 'OPERATOR' ? bearer : null,
    },
  }
}
export type Grant = ReturnType<typeof useGrant>
