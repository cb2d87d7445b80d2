import type { ClaimDesk } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Select } from '@/ui/Field.tsx'
import { Badge } from '@/ui/parts.tsx'
import { cx } from '@/ui/classes.ts'
import { MoneyField } from '../kit/MoneyField.tsx'
import type { Grant } from './useGrant.ts'
import { WhoPays } from './WhoPays.tsx'

const bearers = ['SUPPLIER', 'SITE', 'OPERATOR'] as const

/** Which remedy, how much, at whose expense; and below, who pays what. */
export function GrantFields({ grant, me, wanted, at }: { grant: Grant; me: ClaimDesk; wanted: string | null; at: (field: string) => string | undefined }) {
  const { t, money } = useWords()
  const wrong = at('remedy')
  return (
    <>
      <fieldset>
        <legend className="mb-2 text-sm font-medium">{t('claimDesk.remedy')}</legend>
        <div className="grid gap-2 sm:grid-cols-2">
          {grant.kinds.map(({ kind, amount, hindrance, gift }) => (
            <label key={kind} className={cx('flex min-h-14 items-start gap-3 rounded-md border px-3.5 py-3', hindrance ? 'border-line bg-sunken' : 'border-line-strong hover:bg-sunken', grant.remedy === kind && 'border-accent bg-accent-soft')}>
              <input type="radio" name="remedy" className="mt-0.5 size-5 shrink-0 accent-[var(--accent)]" disabled={!!hindrance} checked={grant.remedy === kind} onChange={() => { grant.setRemedy(kind); grant.setText('') }} />
              <span className="min-w-0">
                <span className="font-medium">{t(`remedy.${kind}`)}</span>
                {wanted === kind && <span className="ml-2"><Badge tone="accent">{t('claimDesk.wanted.short')}</Badge></span>}
                <span className="block text-sm text-muted">
                  {hindrance ? t(`remedy.hindrance.${hindrance}`) : gift ? t('claimDesk.gift') : amount ? t(kind === 'PRORATA_REFUND' ? 'claimDesk.exactly' : 'claimDesk.atMost', { amount: money(amount) }) : t('claimDesk.inStock')}
                </span>
              </span>
            </label>
          ))}
        </div>
        {wrong && <p role="alert" className="mt-2 text-sm text-bad">{wrong}</p>}
      </fieldset>
      {grant.takesAmount && (
        <MoneyField label={t('claimDesk.amount')} currency={grant.currency} value={grant.text} onChange={grant.setText} most={grant.limit} error={at('amount')} required={grant.remedy === 'COMPENSATE'}
          hint={grant.remedy === 'REFUND' ? t('claimDesk.amount.whole') : undefined} />
      )}
      {me === 'OPERATOR' && (
        <Select label={t('claimDesk.bearer')} value={grant.bearer} error={at('bearer')} disabled={grant.gift} onChange={(event) => grant.setBearer(event.target.value as ClaimDesk)}>
          {bearers.map((one) => <option key={one} value={one}>{t(`claimDesk.bearer.${one}`)}</option>)}
        </Select>
      )}
      {me !== 'OPERATOR' && at('bearer') && <p role="alert" className="text-sm text-bad">{at('bearer')}</p>}
      <WhoPays shares={grant.shares} bearer={grant.bearer} />
    </>
  )
}
