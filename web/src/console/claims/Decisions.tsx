import { useState } from 'react'
import { Check, HandCoins, HelpCircle, Send, X } from 'lucide-react'
import type { ClaimDesk, RejectReason } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Select } from '@/ui/Field.tsx'
import { Notice } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { useMay } from '../viewer.tsx'
import { decides, type Claim } from './claim.ts'
import { GrantFields } from './GrantFields.tsx'
import { ApproveDocument, HandOverDocument, OfferMakeDocument, RejectDocument, RequestInfoDocument } from './steps.ts'
import { useGrant } from './useGrant.ts'

type Step = 'approve' | 'offer' | 'reject' | 'ask' | 'handOver'
type Props = { claim: Claim; me: ClaimDesk; onDone: () => void }

/** What the desk that has the claim can do now. Whoever may not, or is not that desk, sees nothing of it. */
export function Decisions({ claim, me, onDone }: Props) {
  const { t } = useWords()
  const may = useMay()
  const [step, setStep] = useState<Step | null>(null)
  if (!decides(claim, me)) return null
  const first = claim.status === 'SUBMITTED'
  const close = () => setStep(null)
  const props = { claim, me, onDone, onClose: close }
  if (!may('claim:decide') && !may('claim:settle')) return null
  return (
    <>
      {may('claim:decide') && <Button kind="primary" icon={<Check className="size-4" aria-hidden />} onClick={() => setStep('approve')}>{t('claimDesk.approve')}</Button>}
      {may('claim:settle') && <Button icon={<HandCoins className="size-4" aria-hidden />} onClick={() => setStep('offer')}>{t('claimDesk.offer')}</Button>}
      {may('claim:decide') && first && <Button icon={<HelpCircle className="size-4" aria-hidden />} onClick={() => setStep('ask')}>{t('claimDesk.ask')}</Button>}
      {may('claim:decide') && first && me !== 'OPERATOR' && <Button icon={<Send className="size-4" aria-hidden />} onClick={() => setStep('handOver')}>{t('claimDesk.handOver', { desk: t(`desk.${me === 'SITE' ? 'SUPPLIER' : 'OPERATOR'}`) })}</Button>}
      {may('claim:decide') && <Button kind="danger" icon={<X className="size-4" aria-hidden />} onClick={() => setStep('reject')}>{t('claimDesk.reject')}</Button>}
      {step === 'approve' && <Approve {...props} />}
      {step === 'offer' && <Offer {...props} />}
      {step === 'reject' && <Reject {...props} />}
      {step === 'ask' && <Note {...props} step="ask" />}
      {step === 'handOver' && <Note {...props} step="handOver" />}
    </>
  )
}

type Opened = Props & { onClose: () => void }
const short = { INSUFFICIENT_FUNDS: 'claimDesk.short' }
const grantFields = ['remedy', 'amount', 'bearer']

function Approve({ claim, me, onClose, onDone }: Opened) {
  const { t } = useWords()
  const grant = useGrant(claim, me)
  const { act, busy, wrong, at } = useAct(ApproveDocument, grantFields, short)
  return (
    <Ask open wide onClose={onClose} title={t('claimDesk.approve.title')} say={t('claimDesk.word.buyer')} sayHint={t('claimDesk.word.kept')} most={2000}
      confirm={t('claimDesk.approve.do')} busy={busy} wrong={wrong} ready={grant.ready}
      onConfirm={async (note) => {
        if (!(await act({ input: { claimId: claim.id, ...grant.input, note: note || null } }))) return false
        toast(t('claimDesk.approved'))
        onDone()
        return true
      }}>
      <GrantFields grant={grant} me={me} wanted={claim.wanted ?? null} at={at} />
    </Ask>
  )
}

function Offer({ claim, me, onClose, onDone }: Opened) {
  const { t } = useWords()
  const grant = useGrant(claim, me)
  const { act, busy, wrong, at } = useAct(OfferMakeDocument, grantFields)
  return (
    <Ask open wide onClose={onClose} title={t('claimDesk.offer.title')} say={t('claimDesk.word.buyer')} most={2000}
      confirm={t('claimDesk.offer.do')} busy={busy} wrong={wrong} ready={grant.ready}
      onConfirm={async (note) => {
        if (!(await act({ input: { claimId: claim.id, ...grant.input, note: note || null } }))) return false
        toast(t('claimDesk.offered'))
        onDone()
        return true
      }}>
      <Notice>{t('claimDesk.offer.means')}</Notice>
      <GrantFields grant={grant} me={me} wanted={claim.wanted ?? null} at={at} />
    </Ask>
  )
}

const reasons: RejectReason[] = ['INSUFFICIENT_EVIDENCE', 'OUT_OF_PERIOD', 'EXCLUDED', 'MISUSE', 'USED_BY_BUYER', 'DUPLICATE', 'FRAUD_SUSPECTED']

function Reject({ claim, onClose, onDone }: Opened) {
  const { t } = useWords()
  const [reason, setReason] = useState<RejectReason>('INSUFFICIENT_EVIDENCE')
  const { act, busy, wrong } = useAct(RejectDocument)
  return (
    <Ask open onClose={onClose} title={t('claimDesk.reject.title')} say={t('claimDesk.word.why')} sayHint={t('claimDesk.word.buyerReads')} required most={2000}
      confirm={t('claimDesk.reject')} kind="danger" busy={busy} wrong={wrong}
      onConfirm={async (note) => {
        if (!(await act({ input: { claimId: claim.id, reason, note } }))) return false
        toast(t('claimDesk.rejected'))
        onDone()
        return true
      }}>
      <Notice tone="warn">{t(claim.status === 'APPEALED' ? 'claimDesk.reject.final' : 'claimDesk.reject.means')}</Notice>
      <Select label={t('claimDesk.reason')} value={reason} onChange={(event) => setReason(event.target.value as RejectReason)}>
        {reasons.map((one) => <option key={one} value={one}>{t(`claim.reject.${one}`)}</option>)}
      </Select>
    </Ask>
  )
}

function Note({ claim, me, step, onClose, onDone }: Opened & { step: 'ask' | 'handOver' }) {
  const { t } = useWords()
  const ask = useAct(RequestInfoDocument)
  const hand = useAct(HandOverDocument)
  const { busy, wrong } = step === 'ask' ? ask : hand
  const next = t(`desk.${me === 'SITE' ? 'SUPPLIER' : 'OPERATOR'}`)
  return (
    <Ask open onClose={onClose} title={step === 'ask' ? t('claimDesk.ask.title') : t('claimDesk.handOver', { desk: next })} required most={2000}
      say={t(step === 'ask' ? 'claimDesk.word.question' : 'claimDesk.word.why')} confirm={step === 'ask' ? t('claimDesk.ask.do') : t('claimDesk.handOver', { desk: next })} busy={busy} wrong={wrong}
      onConfirm={async (note) => {
        const input = { input: { claimId: claim.id, note } }
        if (!(step === 'ask' ? await ask.act(input) : await hand.act(input))) return false
        toast(t(`claimDesk.done.${step}`))
        onDone()
        return true
      }}>
      <Notice>{step === 'ask' ? t('claimDesk.ask.means') : t('claimDesk.handOver.means', { desk: next })}</Notice>
    </Ask>
  )
}
