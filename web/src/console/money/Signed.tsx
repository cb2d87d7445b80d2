import { useWords } from '@/lib/i18n.tsx'
import type { Money } from '@/lib/money.ts'
import { cx } from '@/ui/classes.ts'

/** An amount that came in or went out: the sign says which, the colour only says it again. */
export function Signed({ money: amount }: { money: Money }) {
  const { money } = useWords()
  const out = amount.amount.startsWith('-')
  return <span className={cx('font-medium whitespace-nowrap tabular-nums', out ? 'text-ink' : 'text-good')}>{out ? money(amount) : `+${money(amount)}`}</span>
}
