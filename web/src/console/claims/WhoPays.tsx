import { useWords } from '@/lib/i18n.tsx'
import { cx } from '@/ui/classes.ts'
import type { Share } from './shares.ts'

/** Who gets and who pays what, before it is done. */
export function WhoPays({ shares, bearer }: { shares: Share[]; bearer: string }) {
  const { t, money } = useWords()
  if (!shares.length) return null
  return (
    <section aria-live="polite" aria-label={t('claimDesk.pays')} className="rounded-md border border-line bg-sunken p-4">
      <h3 className="mb-2 text-sm font-semibold">{t('claimDesk.pays')}</h3>
      <ul className="flex flex-col gap-2 text-sm">
        {shares.map((share) => {
          const incoming = share.who === 'BUYER'
          return (
            <li key={`${share.who} ${share.why}`} className="flex items-baseline justify-between gap-4">
              <span className="min-w-0">
                <span className="font-medium">{t(`claimDesk.who.${share.who}`)}</span>{' '}
                <span className="text-muted">{t(`claimDesk.why.${share.why}`)}</span>
              </span>
              {share.change && (
                <span className={cx('shrink-0 font-medium tabular-nums', incoming ? 'text-good' : 'text-ink')}>
                  {share.about && '≈ '}{incoming && '+'}{money(share.change)}
                </span>
              )}
            </li>
          )
        })}
      </ul>
      <p className="mt-3 border-t border-line pt-2 text-xs text-muted">{t(bearer === 'SUPPLIER' ? 'claimDesk.purse.supplier' : 'claimDesk.purse.own')}</p>
    </section>
  )
}
