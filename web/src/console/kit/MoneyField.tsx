import type { ReactNode } from 'react'
import { useWords } from '@/lib/i18n.tsx'
import { micros, type Money } from '@/lib/money.ts'
import { TextField } from '@/ui/Field.tsx'

/** The amount that a person wrote, or null where that is none above zero. Commas between thousands are left out. */
export function amountOf(text: string): string | null {
  const plain = text.replace(/[,，\s]/g, '')
  const value = micros(plain)
  return value !== null && value > 0n ? plain : null
}

/** Where an amount is written. */
export function MoneyField({ label, currency, value, onChange, hint, error, most, required = true }: {
  label: string; currency: string; value: string; onChange: (text: string) => void; hint?: ReactNode; error?: string; most?: Money | null; required?: boolean
}) {
  const { t, money } = useWords()
  const amount = amountOf(value)
  const over = most && amount && (micros(amount) ?? 0n) > (micros(most.amount) ?? 0n)
  const bad = value.trim() !== '' && !amount ? t('kit.amount.bad') : over ? t('kit.amount.over', { most: money(most) }) : undefined
  return (
    <TextField label={`${label} (${currency})`} value={value} onChange={(event) => onChange(event.target.value)} hint={hint} error={error ?? bad}
      inputMode="decimal" autoComplete="off" required={required} className="tabular-nums sm:max-w-56" />
  )
}
