import { useRef, useState, type FormEvent } from 'react'
import { useLocation } from 'wouter'
import { TermsSummary } from '@/features/warranty/TermsSummary.tsx'
import { freshKey, refusalText } from '@/lib/errors.ts'
import { dropDraft, useDraft } from '@/lib/draft.ts'
import { useWords } from '@/lib/i18n.tsx'
import { micros, type Money } from '@/lib/money.ts'
import { Disclosure } from '@/ui/Disclosure.tsx'
import { Checkbox, TextField } from '@/ui/Field.tsx'
import { Card } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { Page } from '../page.tsx'
import { answers, draftOf, emptyBasket, unanswered, type Basket, type Good } from './basket.ts'
import { Coupon } from './Coupon.tsx'
import { Plans } from './Plans.tsx'
import { Quantity } from './Quantity.tsx'
import { Refusals } from './Refusals.tsx'
import { Sent } from './Sent.tsx'
import { Summary } from './Summary.tsx'
import { usePlace } from './usePlace.ts'
import { useQuote } from './useQuote.ts'

type Props = { listing: Good; user: string | null; wallet: { available: Money } | null; again: () => void }

/** Everything that an order needs, and what it costs, on one page. */
export function Checkout({ listing, user, wallet, again }: Props) {
  const { t } = useWords()
  const [, go] = useLocation()
  const [draft] = useState(() => draftOf(listing, user))
  const [basket, change] = useDraft<Basket>(draft, emptyBasket)
  const plan = listing.plans.find((one) => one.id === basket.plan) ?? null
  const { quote, waiting, code, error, aboutCoupon, again: quoteAgain } = useQuote(listing, basket, plan?.id ?? null)
  const { placing, place, refused, fault, forget } = usePlace()
  const [tried, setTried] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const terms = useRef<HTMLHeadingElement>(null)
  const missing = tried ? unanswered(listing, basket) : []
  const agreed = basket.agreed === listing.warranty.version
  const said = (name: string) => refused.find((one) => one.path.includes(name))
  const short = wallet && quote ? (micros(quote.total.amount) ?? 0n) - (micros(wallet.available.amount) ?? 0n) : 0n
  const update = (next: Partial<Basket>) => {
    forget()
    change(next)
  }
  const buy = async (expected: Money, key = basket.key) => {
    const before = key === basket.key ? basket.sent : null
    const sent = before ?? { at: Date.now(), placed: false }
    // Before it goes out: the answer may never come, and this page may not be there any more then.
    change({ key, sent })
    const came = await place({
      idempotencyKey: key,
      expectedTotal: { amount: expected.amount, currency: expected.currency },
      payWith: { wallet: true },
      lines: [{
        listingId: listing.id, quantity: basket.quantity, fields: answers(listing, basket), termsVersion: listing.warranty.version,
        ...(plan && { planId: plan.id }),
      }],
      ...(basket.coupon && { couponCode: basket.coupon }),
    })
    if (typeof came !== 'object') {
      const now = { 'placed': { ...sent, placed: true }, 'not now': before, 'never': null, 'unknown': sent }
      return change({ sent: now[came] })
    }
    dropDraft(draft)
    if (before) toast(t('buy.once'))
    go(`/orders/${came.order}`, { replace: true })
  }
  const pay = (key?: string) => {
    setTried(true)
    if (unanswered(listing, basket).length > 0 || !agreed) {
      // The first thing that is missing, once it says so.
      return void setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-missing] input')?.focus())
    }
    if (quote && !placing) void buy(quote.total, key)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    pay()
  }
  const payable = quote !== null && !waiting && short <= 0n
  return (
    <Page title={t('buy.title')} lead={listing.title}>
      <form ref={form} onSubmit={submit} noValidate className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 md:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex flex-col gap-5">
          <Card as="div" className="flex flex-col gap-5">
            <Quantity value={basket.quantity} onChange={(quantity) => update({ quantity })} />
            {listing.fields.map((field) => (
              <TextField key={field.name} label={field.required ? field.label : t('buy.optional', { label: field.label })} maxLength={field.maxLength} required={field.required}
                value={basket.fields[field.name] ?? ''} onChange={(event) => update({ fields: { ...basket.fields, [field.name]: event.target.value } })}
                error={missing.includes(field.name) ? t('buy.required') : said(field.name) ? refusalText(t, said(field.name) as never) : undefined} />
            ))}
          </Card>
          {listing.plans.length > 0 && <Plans plans={listing.plans} chosen={plan?.id ?? null} onChoose={(id) => update({ plan: id })} />}
          <Card as="div">
            <h2 ref={terms} tabIndex={-1} className="mb-4 text-lg font-semibold outline-none">{t('product.warranty')}</h2>
            <TermsSummary terms={listing.warranty} />
            <Disclosure className="mt-4" title={t('product.warranty.full')}>
              <p className="text-sm whitespace-pre-line">{listing.warranty.text}</p>
            </Disclosure>
            <div className="mt-2 border-t border-line pt-2" data-missing={tried && !agreed ? true : undefined}>
              <Checkbox label={t('buy.agree')} checked={agreed} aria-invalid={tried && !agreed ? true : undefined} aria-describedby={tried && !agreed ? 'agree-error' : undefined}
                onChange={(event) => update({ agreed: event.target.checked ? listing.warranty.version : null })} />
              {tried && !agreed && <p id="agree-error" role="alert" className="text-sm text-bad">{t('buy.agree.missing')}</p>}
            </div>
          </Card>
          <Coupon text={basket.couponText} applied={basket.coupon} wrong={aboutCoupon ? t(`buy.coupon.${aboutCoupon}`) : null} onText={(couponText) => change({ couponText })} onApply={(coupon) => update({ coupon })} />
        </div>
        <Summary listing={listing} basket={basket} plan={plan} quote={quote} waiting={waiting} code={aboutCoupon ? null : code} error={error} wallet={wallet} payable={payable} short={short} signed={user !== null} placing={placing}
          onRetry={quoteAgain} onQuantity={(quantity) => update({ quantity })}>
          {basket.sent && !placing && fault.length === 0 && <Sent sent={basket.sent} onMore={payable ? () => pay(freshKey()) : undefined} />}
          <Refusals refused={refused} fault={fault}
            onPrice={(now) => { quoteAgain(); void buy(now) }}
            onTerms={() => { forget(); change({ agreed: null }); again(); terms.current?.focus() }}
            onQuantity={(quantity) => { update({ quantity }); quoteAgain() }} />
        </Summary>
      </form>
    </Page>
  )
}
