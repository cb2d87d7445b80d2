import { useEffect, useState } from 'react'
import { ArrowRight, Info } from 'lucide-react'
import { graphql } from '@/gql'
import type { PriceRuleSetInput } from '@/gql/graphql'
import { faultText, refusalText } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Badge, Notice, Skeleton } from '@/ui/parts.tsx'
import { cx } from '@/ui/classes.ts'
import { useQuery } from '../kit/query.ts'

const PreviewDocument = graphql(`
  query ConsoleRulePreview($input: PriceRuleSetInput!) {
    priceRulePreview(input: $input) {
      errors { code message path }
      affected belowCost
      changes { variantId title child { id name } unitCost { amount currency } before { amount currency } after { amount currency } belowCost }
    }
  }
`)

/** What a rule would change, before it is saved. Asked when the writer pauses. */
export function RulePreview({ input }: { input: PriceRuleSetInput | null }) {
  const { t, money, number } = useWords()
  const wanted = useSettled(input)
  const [{ data, error, fetching }] = useQuery({ query: PreviewDocument, variables: { input: wanted as PriceRuleSetInput }, pause: !wanted, requestPolicy: 'network-only' })
  const found = data?.priceRulePreview
  if (!input) return <p className="flex items-center gap-2 text-sm text-muted"><Info className="size-4" aria-hidden />{t('preview.write')}</p>
  if (error) return <Notice tone="bad">{faultText(t, error)}</Notice>
  if (!found || (fetching && wanted !== input)) return <div className="flex flex-col gap-2" aria-busy="true"><Skeleton /><Skeleton /><Skeleton className="w-2/3" /></div>
  if (found.errors.length > 0) return found.errors.map((one) => <Notice key={one.message} tone="bad">{refusalText(t, one)}</Notice>)
  if (found.affected === 0) return <p className="text-sm text-muted">{t('preview.nothing')}</p>
  return (
    <div className="flex flex-col gap-3" aria-live="polite">
      <p className="text-sm font-medium">{t('preview.affected', { count: found.affected, prices: number(found.affected) })}</p>
      {found.belowCost > 0 && <Notice tone="warn">{t('preview.below', { count: found.belowCost, prices: number(found.belowCost) })}</Notice>}
      <div className="max-h-72 overflow-y-auto rounded-md border border-line" tabIndex={0} role="region" aria-label={t('preview.title')}>
        <ul className="divide-y divide-line text-sm">
          {found.changes.map((change) => (
            <li key={`${change.variantId}:${change.child?.id ?? ''}`} className={cx('flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-3 py-2', change.belowCost && 'bg-bad-soft')}>
              <span className="min-w-0">
                {change.title}
                <span className={cx('block text-xs', change.belowCost ? 'text-bad' : 'text-muted')}>
                  {change.child ? t('preview.forChild', { child: change.child.name }) : t('ladder.buyers')} · {t('preview.cost', { cost: money(change.unitCost) })}
                </span>
              </span>
              <span className="flex items-center gap-2 tabular-nums">
                <span className={change.belowCost ? 'text-bad' : 'text-muted'}>{change.before ? money(change.before) : t('preview.noPrice')}</span>
                <ArrowRight className="size-4 shrink-0" role="img" aria-label={t('preview.becomes')} />
                <span className="font-semibold">{money(change.after)}</span>
                {change.belowCost && <Badge tone="bad">{t('preview.belowCost')}</Badge>}
              </span>
            </li>
          ))}
        </ul>
      </div>
      {found.affected > found.changes.length && <p className="text-xs text-muted">{t('preview.first', { count: found.changes.length })}</p>}
    </div>
  )
}

/** A value that has stood still for a moment. The same value stays the same object. */
function useSettled<Value>(value: Value): Value {
  const text = JSON.stringify(value)
  const [settled, setSettled] = useState({ text, value })
  useEffect(() => {
    if (text === settled.text) return
    const timer = setTimeout(() => setSettled({ text, value }), 350)
    return () => clearTimeout(timer)
  }, [text])
  return settled.value
}
