import type { PriceRuleInput, RuleLookFragment } from '@/gql/graphql'
import { graphql } from '@/gql'
import { micros, type Money } from '@/lib/money.ts'

export const RuleLook = graphql(`
  fragment RuleLook on PriceRule {
    inherit forEveryone markupBasisPoints childTenantId productId variantId
    add { amount currency }
    fixed { amount currency }
  }
`)

type Words = { t: (id: string, values?: Record<string, unknown>) => string; money: (money: Money) => string; percent: (basisPoints: number) => string }

/** How a rule makes a price from a cost, in words. No rule at all asks the cost itself. */
export function ruleText({ t, money, percent }: Words, rule: RuleLookFragment | null | undefined): string {
  if (!rule || rule.inherit) return t('rule.inherit')
  if (rule.add) return t('rule.add', { amount: money(rule.add) })
  if (rule.fixed) return t('rule.fixed', { amount: money(rule.fixed) })
  return t('rule.markup', { percent: percent(rule.markupBasisPoints ?? 0) })
}

/** How specific it is, in words. */
export const ruleScope = ({ t }: Words, rule: RuleLookFragment): string => t(rule.variantId ? 'rule.for.variant' : rule.productId ? 'rule.for.product' : 'rule.for.all')

/** What a price is above its cost, in basis points of the cost; negative below it. */
export function margin(cost: Money, price: Money): number {
  const [from, to] = [micros(cost.amount) ?? 0n, micros(price.amount) ?? 0n]
  return from > 0n ? Number(((to - from) * 10_000n) / from) : 0
}

export type How = 'markup' | 'add' | 'fixed' | 'inherit'

/** A rule as the API takes it, from what a person wrote; null while that is no number. */
export function ruleOf(how: How, text: string, currency: string): PriceRuleInput | null {
  if (how === 'inherit') return { inherit: true }
  const value = micros(text.replace(/[,，\s%]/g, ''))
  if (value === null || value < 0n || (how === 'fixed' && value === 0n)) return null
  if (how === 'markup') return value % 10_000n === 0n && value <= 10_000_000_000n ? { markupBasisPoints: Number(value / 10_000n) } : null
  const amount = { amount: text.replace(/[,，\s]/g, ''), currency }
  return how === 'add' ? { add: amount } : { fixed: amount }
}

/** The same the other way round: a rule to be changed. */
export function writtenOf(rule: RuleLookFragment | null | undefined): { how: How; text: string } {
  if (rule?.add) return { how: 'add', text: rule.add.amount }
  if (rule?.fixed) return { how: 'fixed', text: rule.fixed.amount }
  if (rule?.markupBasisPoints != null) return { how: 'markup', text: String(rule.markupBasisPoints / 100) }
  return { how: rule?.inherit ? 'inherit' : 'markup', text: '' }
}
