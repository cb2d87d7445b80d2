import type { ReactNode } from 'react'
import { refusalText } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import type { Money } from '@/lib/money.ts'
import { Button, ButtonLink } from '@/ui/Button.tsx'
import { Notice } from '@/ui/parts.tsx'
import { useSite } from '../site.tsx'
import type { Refused } from './usePlace.ts'

/** What is said of a coupon that was refused. */
const couponCodes = ['NOT_FOUND', 'COUPON_NOT_APPLICABLE', 'LIMIT_EXCEEDED', 'INVALID_INPUT'] as const

type Ways = { onPrice: (now: Money) => void; onTerms: () => void; onQuantity: (available: number) => void }

/** Why an order was not placed. Each reason that a buyer can do something about has a way on. */
export function Refusals({ refused, fault, onPrice, onTerms, onQuantity }: { refused: readonly Refused[]; fault: string[] } & Ways) {
  const { t, money } = useWords()
  const site = useSite()
  const contact = site?.settings.contact
  if (site && site.status !== 'ACTIVE') {
    if (fault.length + refused.length === 0) return null
    return <Notice tone="warn" title={t('frame.closed')}>{t('frame.suspended')}</Notice>
  }
  const notice = (one: Refused): { title: string; text?: ReactNode; action?: ReactNode } => {
    switch (one.__typename) {
      case 'PriceChanged':
        return {
          title: t('error.PRICE_CHANGED'),
          text: t('buy.price.changed', { before: money(one.expected), now: money(one.current) }),
          action: <Button size="sm" onClick={() => onPrice(one.current)}>{t('buy.price.accept', { now: money(one.current) })}</Button>,
        }
      case 'OutOfStock':
        return {
          title: t('error.OUT_OF_STOCK'),
          text: t('buy.stock.left', { count: one.available }),
          action: one.available > 0
            ? <Button size="sm" onClick={() => onQuantity(one.available)}>{t('buy.stock.take', { count: one.available })}</Button>
            : <ButtonLink size="sm" href="/?stock=1">{t('buy.others')}</ButtonLink>,
        }
      case 'InsufficientFunds':
        return {
          title: t('error.INSUFFICIENT_FUNDS'),
          text: <>{t('buy.missing', { missing: money(one.missing) })} {contact ? t('wallet.topUp.contact', { contact }) : t('wallet.topUp')}</>,
          action: <ButtonLink size="sm" href="/wallet">{t('frame.wallet')}</ButtonLink>,
        }
    }
    const coupon = one.path.includes('couponCode') && couponCodes.find((code) => code === one.code)
    if (coupon) return { title: t(`buy.coupon.${coupon}`) }
    if (one.code === 'TERMS_CHANGED') {
      return { title: t('error.TERMS_CHANGED'), text: t('buy.terms.changed'), action: <Button size="sm" onClick={onTerms}>{t('buy.terms.look')}</Button> }
    }
    return { title: refusalText(t, one) }
  }
  return (
    <>
      {fault.map((one) => <Notice key={one} tone="bad" title={one}>{t('buy.fault')}</Notice>)}
      {refused.map((one) => {
        const { title, text, action } = notice(one)
        return <Notice key={one.code + one.path.join()} tone={one.code === 'NOT_SELLABLE' ? 'bad' : 'warn'} title={title} action={action}>{text}</Notice>
      })}
    </>
  )
}
