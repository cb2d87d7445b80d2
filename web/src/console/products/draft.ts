import type { Allocation, Fulfilment, ProductFieldInput, VariantInput } from '@/gql/graphql'
import { amountOf } from '../kit/MoneyField.tsx'

export type VariantDraft = { key: number; title: string; sku: string; settlement: string; minimum: string; fulfilment: Fulfilment | ''; allocation: Allocation; lowStock: string }
export type FieldDraft = { key: number; label: string; required: boolean; most: string }

export const allocations: readonly Allocation[] = ['OLDEST', 'NEAREST_EXPIRY', 'NEWEST']
export const freshVariant = (key: number): VariantDraft => ({ key, title: '', sku: '', settlement: '', minimum: '', fulfilment: '', allocation: 'OLDEST', lowStock: '10' })
export const freshField = (key: number): FieldDraft => ({ key, label: '', required: true, most: '200' })

/** A variant as the API takes it; null while something is missing. */
export function variantInput(draft: VariantDraft, currency: string): VariantInput | null {
  const settlement = amountOf(draft.settlement)
  const minimum = draft.minimum.trim() ? amountOf(draft.minimum) : ''
  const lowStock = /^\d{1,6}$/.test(draft.lowStock) ? Number(draft.lowStock) : null
  if (!draft.title.trim() || !draft.sku.trim() || !settlement || minimum === null || lowStock === null) return null
  return {
    title: draft.title.trim(), sku: draft.sku.trim(), lowStock, allocation: draft.allocation, fulfilment: draft.fulfilment || null,
    settlementPrice: { amount: settlement, currency }, minimumPrice: minimum ? { amount: minimum, currency } : null,
  }
}

/** A question to the buyer; its name for programs is made from its place, so that any language may be asked in. */
export function fieldInput(draft: FieldDraft, index: number): ProductFieldInput | null {
  const maxLength = /^\d{1,4}$/.test(draft.most) && Number(draft.most) > 0 ? Number(draft.most) : null
  const plain = draft.label.trim().toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '')
  return draft.label.trim() && maxLength ? { label: draft.label.trim(), name: plain ? `${plain.slice(0, 24)}_${index + 1}` : `field_${index + 1}`, required: draft.required, maxLength } : null
}
