import { Banknote, HandCoins, RefreshCcw, TimerReset } from 'lucide-react'
import type { RemedyKind } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import type { Money } from '@/lib/money.ts'

const icons = { REPLACE: RefreshCcw, REFUND: Banknote, PRORATA_REFUND: TimerReset, COMPENSATE: HandCoins } as const

/** What somebody gets, and how much where it is money. */
export function RemedyLine({ kind, amount }: { kind: RemedyKind; amount?: Money | null | undefined }) {
  const { t, money } = useWords()
  const Icon = icons[kind]
  return (
    <span className="inline-flex items-center gap-2">
      <Icon className="size-4 shrink-0 text-accent-ink" aria-hidden />
      <span>{t(`remedy.${kind}`)}{amount && <> · <span className="font-medium tabular-nums">{money(amount)}</span></>}</span>
    </span>
  )
}
