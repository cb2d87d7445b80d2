import type { ReactNode } from 'react'
import type { CombinedError } from 'urql'
import type { CheckoutQuoteQuery } from '@/gql/graphql'
import { faultText } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { decimal, micros, type Money } from '@/lib/money.ts'
import { Button, ButtonLink } from '@/ui/Button.tsx'
import { Card, Notice, Skeleton } from '@/ui/parts.tsx'
import { cx } from '@/ui/classes.ts'
import { useSignInHref } from '../account/SignInFirst.tsx'
import { useSite } from '../site.tsx'
import type { Basket, Good } from './basket.ts'

type Props = {
  listing: Good; basket: Basket; plan: Good['plans'][number] | null
  quote: NonNullable<CheckoutQuoteQuery['quote']> | null; waiting: boolean; code: string | null; error: CombinedError | undefined
  wallet: { available: Money } | null; payable: boolean; short: bigint; signed: boolean; placing: boolean
  onRetry: () => void; onQuantity: (quantity: number) => void
  /** Why the last try was refused. */
  children: ReactNode
}

/** What it comes to, what pays for it, and the button that does it. */
export function Summary({ listing, basket, plan, quote, waiting, code, error, wallet, payable, short, signed, placing, onRetry, onQuantity, children }: Props) {
  const { t, money, number } = useWords()
  const signIn = useSignInHref()
  const contact = useSite()?.settings.contact
  const discounted = quote && micros(quote.discount.amount) !== 0n
  const row = (term: ReactNode, value: ReactNode, strong = false) => (
    <div className={cx('flex items-baseline justify-between gap-4', strong && 'border-t border-line pt-2 text-lg font-semibold')}>
      <dt className={cx(!strong && 'text-muted')}>{term}</dt><dd className="text-right tabular-nums">{value}</dd>
    </div>
  )
  return (
    <Card as="div" className="flex flex-col gap-4 md:sticky md:top-4">
      <h2 className="text-lg font-semibold">{t('buy.summary')}</h2>
      <dl className={cx('flex flex-col gap-2', waiting && 'opacity-70')} aria-busy={waiting} aria-live="polite">
        {row(t('buy.each'), money(listing.price))}
        {plan && row(plan.title, <>+{money(plan.price)}</>)}
        {row(t('buy.quantity'), `× ${number(basket.quantity)}`)}
        {discounted && row(t('buy.discount'), <>−{money(quote.discount)}</>)}
        {row(t('buy.total'), quote ? money(quote.total) : code ? '–' : <Skeleton className="h-7 w-20" />, true)}
        {signed && wallet && row(t('buy.wallet'), money(wallet.available))}
      </dl>
      {code === 'OUT_OF_STOCK' && (
        <Notice tone="warn" title={t('error.OUT_OF_STOCK')} action={basket.quantity > 1 && <Button size="sm" onClick={() => onQuantity(1)}>{t('buy.stock.take', { count: 1 })}</Button>}>{t('buy.stock.fewer')}</Notice>
      )}
      {code && code !== 'OUT_OF_STOCK' && <Notice tone="bad">{t(`error.${code}`) === `error.${code}` && error ? faultText(t, error) : t(`error.${code}`)}</Notice>}
      {error && !code && <Notice tone="bad" action={<Button size="sm" onClick={onRetry}>{t('state.retry')}</Button>}>{faultText(t, error)}</Notice>}
      {children}
      {signed && wallet && quote && short > 0n && (
        <Notice tone="warn" title={t('buy.short', { missing: money({ amount: decimal(short), currency: quote.total.currency }) })}>
          {contact ? t('wallet.topUp.contact', { contact }) : t('wallet.topUp')}
        </Notice>
      )}
      {signed ? (
        <Button type="submit" kind="primary" wide busy={placing} disabled={!payable}>
          {quote ? t('buy.pay', { total: money(quote.total) }) : t('buy.pay.none')}
        </Button>
      ) : (
        <>
          <ButtonLink kind="primary" wide href={signIn}>{t('buy.signIn')}</ButtonLink>
          <p className="text-xs text-muted">{t('buy.signIn.kept')}</p>
        </>
      )}
    </Card>
  )
}
