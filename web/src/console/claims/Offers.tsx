import { useState } from 'react'
import type { ClaimDesk } from '@/gql/graphql'
import { RemedyLine } from '@/features/claim/RemedyLine.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Select } from '@/ui/Field.tsx'
import { Badge } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useMay } from '../viewer.tsx'
import { decides, lineOf, type Claim } from './claim.ts'
import { sharesOf } from './shares.ts'
import { OfferAcceptDocument, OfferDeclineDocument } from './steps.ts'
import { WhoPays } from './WhoPays.tsx'

type Offer = Claim['offers'][number]

/** What was offered to settle the claim. The buyer's open offer is the desk's to accept; its own, to take back. */
export function Offers({ claim, me, onDone }: { claim: Claim; me: ClaimDesk; onDone: () => void }) {
  const { t, time } = useWords()
  const may = useMay()
  const [doing, setDoing] = useState<{ offer: Offer; what: 'accept' | 'decline' } | null>(null)
  if (claim.offers.length === 0) return null
  const able = decides(claim, me) && may('claim:settle')
  return (
    <Panel title={t('claimDesk.offers')}>
      <ul className="flex flex-col divide-y divide-line">
        {claim.offers.toReversed().map((offer) => (
          <li key={offer.id} className="flex flex-wrap items-center justify-between gap-3 py-3 first:pt-0 last:pb-0">
            <div className="min-w-0 text-sm">
              <p className="text-base"><RemedyLine kind={offer.remedy} amount={offer.amount} /></p>
              <p className="text-muted">{t(`desk.${offer.party}`)} · {time(offer.madeAt)}{offer.bearer && ` · ${t('claimDesk.paidBy', { desk: t(`desk.${offer.bearer}`) })}`}</p>
              {offer.note && <q className="block whitespace-pre-line">{offer.note}</q>}
            </div>
            <div className="flex flex-wrap items-center gap-2">
              <Badge tone={offer.status === 'OPEN' ? 'accent' : offer.status === 'ACCEPTED' ? 'good' : 'neutral'}>{t(`claim.offer.${offer.status}`)}</Badge>
              {offer.status === 'OPEN' && able && offer.party === 'BUYER' && <Button size="sm" kind="primary" onClick={() => setDoing({ offer, what: 'accept' })}>{t('claimDesk.accept')}</Button>}
              {offer.status === 'OPEN' && able && (offer.party === 'BUYER' || offer.party === me) && <Button size="sm" onClick={() => setDoing({ offer, what: 'decline' })}>{t(offer.party === me ? 'claimDesk.takeBack' : 'claimDesk.decline')}</Button>}
            </div>
          </li>
        ))}
      </ul>
      {doing?.what === 'accept' && <Accept claim={claim} me={me} offer={doing.offer} onClose={() => setDoing(null)} onDone={onDone} />}
      {doing?.what === 'decline' && <Decline me={me} offer={doing.offer} onClose={() => setDoing(null)} onDone={onDone} />}
    </Panel>
  )
}

function Accept({ claim, me, offer, onClose, onDone }: { claim: Claim; me: ClaimDesk; offer: Offer; onClose: () => void; onDone: () => void }) {
  const { t } = useWords()
  const { act, busy, wrong } = useAct(OfferAcceptDocument, [], { INSUFFICIENT_FUNDS: 'claimDesk.short' })
  const [named, setBearer] = useState<ClaimDesk>('SUPPLIER')
  const bearer = me === 'OPERATOR' ? named : me
  const most = (kind: string) => claim.remedyOptions.find((one) => one.kind === kind)?.amount
  const supply = lineOf(claim)?.supply ?? null
  const paid = (me === 'SITE' ? supply?.unitPrice : null) ?? most('COMPENSATE') ?? most('REFUND') ?? { amount: '0', currency: 'CNY' }
  const amount = offer.amount ?? most(offer.remedy) ?? null
  return (
    <Ask open wide onClose={onClose} title={t('claimDesk.accept.title')} confirm={t('claimDesk.accept.do')} busy={busy} wrong={wrong}
      onConfirm={async () => {
        if (!(await act({ input: { offerId: offer.id, bearer: me === 'OPERATOR' ? bearer : null } }))) return false
        toast(t('claimDesk.approved'))
        onDone()
        return true
      }}>
      <p><RemedyLine kind={offer.remedy} amount={amount} /></p>
      {me === 'OPERATOR' && (
        <Select label={t('claimDesk.bearer')} value={bearer} onChange={(event) => setBearer(event.target.value as ClaimDesk)}>
          {(['SUPPLIER', 'SITE', 'OPERATOR'] as const).map((one) => <option key={one} value={one}>{t(`claimDesk.bearer.${one}`)}</option>)}
        </Select>
      )}
      <WhoPays shares={sharesOf({ me, bearer, remedy: offer.remedy, amount, paid, supply })} bearer={bearer} />
    </Ask>
  )
}

function Decline({ me, offer, onClose, onDone }: { me: ClaimDesk; offer: Offer; onClose: () => void; onDone: () => void }) {
  const { t } = useWords()
  const { act, busy, wrong } = useAct(OfferDeclineDocument)
  const own = offer.party === me
  return (
    <Ask open onClose={onClose} title={t(own ? 'claimDesk.takeBack' : 'claimDesk.decline')} confirm={t(own ? 'claimDesk.takeBack' : 'claimDesk.decline')} kind="danger" busy={busy} wrong={wrong}
      onConfirm={async () => {
        if (!(await act({ input: { offerId: offer.id } }))) return false
        onDone()
        return true
      }}>
      <p><RemedyLine kind={offer.remedy} amount={offer.amount} /></p>
    </Ask>
  )
}
