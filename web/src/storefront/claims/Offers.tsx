import { useState } from 'react'
import { useClient } from 'urql'
import { Handshake } from 'lucide-react'
import { graphql } from '@/gql'
import { RemedyLine } from '@/features/claim/RemedyLine.tsx'
import { troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Card, Notice } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { MakeOffer } from './MakeOffer.tsx'
import type { OfClaim } from './shown.ts'

const AcceptOfferDocument = graphql(`
  mutation AcceptOffer($input: ClaimOfferAcceptInput!) {
    answer: claimOfferAccept(input: $input) { claim { id status } errors { code message path } }
  }
`)
const DeclineOfferDocument = graphql(`
  mutation DeclineOffer($input: ClaimOfferDeclineInput!) {
    answer: claimOfferDecline(input: $input) { offer { id status } errors { code message path } }
  }
`)

/** What lies on the table: an offer that can be taken at once, one's own that waits, and a way to make one. */
export function Offers({ claim, refresh }: OfClaim) {
  const { t, time } = useWords()
  const client = useClient()
  const [busy, setBusy] = useState<'accept' | 'decline' | null>(null)
  const [wrong, setWrong] = useState<string[]>([])
  const settles = claim.status === 'SUBMITTED' || claim.status === 'APPEALED'
  const open = claim.offers.filter((offer) => offer.status === 'OPEN')
  const mine = open.some((offer) => offer.party === 'BUYER')
  if (!settles && open.length === 0) return null
  const answer = async (how: 'accept' | 'decline', offerId: string) => {
    setBusy(how)
    const { data, error } = how === 'accept'
      ? await client.mutation(AcceptOfferDocument, { input: { offerId } })
      : await client.mutation(DeclineOfferDocument, { input: { offerId } })
    setBusy(null)
    const errors = data?.answer.errors
    // Whether the offer has ended or nobody can pay it is not told apart: what a desk has is not for a buyer to know.
    const said = errors?.some((one) => one.code === 'INVALID_TRANSITION') ? [t('offers.short')] : troubles(t, error, errors)
    setWrong(said)
    refresh()
    if (said.length === 0) toast(t(how === 'accept' ? 'claim.offer.ACCEPTED' : 'claim.offer.DECLINED'))
  }
  return (
    <Card aria-labelledby="offers" className="flex flex-col gap-3">
      <h2 id="offers" className="text-lg font-semibold">{t('offers.title')}</h2>
      {wrong.map((one) => <Notice key={one} tone="bad">{one}</Notice>)}
      {open.length === 0 && <p className="text-sm text-muted">{t('offers.none')}</p>}
      {open.map((offer) => (
        <div key={offer.id} className="flex flex-col gap-3 rounded-md border border-accent bg-accent-soft p-4">
          <p className="flex items-center gap-2 text-sm text-accent-ink"><Handshake className="size-4 shrink-0" aria-hidden />
            {offer.party === 'BUYER' ? t('offers.mine') : t('claim.step.offered', { desk: t(`desk.${offer.party}`) })} · {time(offer.madeAt)}
          </p>
          <p className="text-lg font-medium"><RemedyLine kind={offer.remedy} amount={offer.amount} /></p>
          {offer.note && <q className="whitespace-pre-line">{offer.note}</q>}
          {offer.party !== 'BUYER' && (
            <>
              <p className="text-xs text-muted">{t('offers.accept.why')}</p>
              <div className="flex flex-wrap gap-2">
                <Button kind="primary" busy={busy === 'accept'} disabled={busy !== null} onClick={() => void answer('accept', offer.id)}>{t('offers.accept')}</Button>
                <Button busy={busy === 'decline'} disabled={busy !== null} onClick={() => void answer('decline', offer.id)}>{t('offers.decline')}</Button>
              </div>
            </>
          )}
        </div>
      ))}
      {settles && <MakeOffer claim={claim} refresh={refresh} again={mine} />}
    </Card>
  )
}
