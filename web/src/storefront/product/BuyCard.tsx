import { ShieldCheck } from 'lucide-react'
import type { StorefrontProductQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { ButtonLink } from '@/ui/Button.tsx'
import { Badge, Card } from '@/ui/parts.tsx'

/** What it costs, whether it is there, and the way to buy it. */
export function BuyCard({ listing }: { listing: NonNullable<StorefrontProductQuery['listing']> }) {
  const { t, money, span } = useWords()
  const sold = listing.stockHint === 'NONE'
  return (
    <Card className="flex flex-col gap-4 md:sticky md:top-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-3xl font-semibold tabular-nums">{money(listing.price)}</p>
        <Badge tone={sold ? 'neutral' : listing.stockHint === 'LOW' ? 'warn' : 'good'}>{t(`stock.${listing.stockHint}`)}</Badge>
      </div>
      {sold ? (
        <p className="text-sm text-muted">{t('product.sold')}</p>
      ) : (
        <ButtonLink kind="primary" wide href={`/buy/${listing.id}`}>{t('product.buy')}</ButtonLink>
      )}
      <p className="flex items-center gap-2 text-sm text-muted"><ShieldCheck className="size-4 shrink-0 text-good" aria-hidden />{t('home.warranty', { span: span(listing.warranty.durationSeconds) })}</p>
      {listing.plans.length > 0 && (
        <div className="border-t border-line pt-3 text-sm">
          <p className="mb-1.5 font-medium">{t('product.plans')}</p>
          <ul className="flex flex-col gap-1.5 text-muted">
            {listing.plans.map((plan) => (
              <li key={plan.id} className="flex justify-between gap-3"><span>{plan.title}</span><span className="shrink-0 tabular-nums">+{money(plan.price)}</span></li>
            ))}
          </ul>
        </div>
      )}
    </Card>
  )
}
