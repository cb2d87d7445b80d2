import { Link } from 'wouter'
import { useClient } from 'urql'
import { ArrowLeft } from 'lucide-react'
import { ClaimClock } from '@/features/claim/ClaimClock.tsx'
import { ClaimThread } from '@/features/claim/ClaimThread.tsx'
import { ClaimTimeline } from '@/features/claim/ClaimTimeline.tsx'
import { RejectionNote } from '@/features/claim/RejectionNote.tsx'
import { RemedyLine } from '@/features/claim/RemedyLine.tsx'
import { ClaimStatusBadge, claimOpen } from '@/features/claim/status.tsx'
import { TermsSummary } from '@/features/warranty/TermsSummary.tsx'
import { troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Notice, PageHead } from '@/ui/parts.tsx'
import { LineState } from '../events/LineState.tsx'
import { Nothing } from '../kit/Nothing.tsx'
import { useTenantEvents } from '../kit/events.ts'
import { Loaded } from '../kit/Loaded.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { useMay, useViewer } from '../viewer.tsx'
import { Assign } from './Assign.tsx'
import { ClaimDocument, lineOf, type Claim } from './claim.ts'
import { Decisions } from './Decisions.tsx'
import { EvidencePanel } from './EvidencePanel.tsx'
import { Goods } from './Goods.tsx'
import { NotesPanel } from './NotesPanel.tsx'
import { Offers } from './Offers.tsx'
import { partyOf } from './party.ts'
import { Said } from './Said.tsx'
import { PostDocument, ReadDocument } from './steps.ts'
import { TriagePanel } from './TriagePanel.tsx'

/** One claim, whole: what the buyer says, what the record says, what the parties say, and what the desk can do. */
export default function ClaimPage({ params }: { params: Record<string, string> }) {
  const [{ data, error }, ask] = useQuery({ query: ClaimDocument, variables: { id: params.id ?? '' } })
  const again = () => ask({ requestPolicy: 'network-only' })
  const line = useTenantEvents([
    'WARRANTY_CLAIM_CHANGED', 'WARRANTY_CLAIM_MESSAGE', 'WARRANTY_CLAIM_OFFER', 'WARRANTY_CLAIM_NOTED', 'WARRANTY_CLAIM_ASSIGNED', 'WARRANTY_CLAIM_READ', 'EVIDENCE_ADDED',
  ], again)
  return (
    <Loaded data={data} error={error} retry={again}>
      {({ warrantyClaim: claim }) => (claim ? <Whole claim={claim} onDone={again} line={line} /> : <Nothing />)}
    </Loaded>
  )
}

function Whole({ claim, onDone, line }: { claim: Claim; onDone: () => void; line: Parameters<typeof LineState>[0]['line'] }) {
  const { t } = useWords()
  const may = useMay()
  const client = useClient()
  const { tenant } = useViewer()
  const me = partyOf(tenant, claim.order.site.id)
  const open = claimOpen(claim.status)
  const post = async (body: string) => {
    const { data, error } = await client.mutation(PostDocument, { input: { claimId: claim.id, body } }).toPromise()
    const said = troubles(t, error, data?.claimMessagePost.errors)
    if (!said.length) onDone()
    return said
  }
  const seen = (messageId: string) => void client.mutation(ReadDocument, { input: { claimId: claim.id, messageId } }).toPromise()
  const terms = lineOf(claim)?.warranty
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <Link href="/claims" className="inline-flex min-h-9 items-center gap-1.5 text-sm text-accent-ink"><ArrowLeft className="size-4" aria-hidden />{t('place.claims')}</Link>
        <LineState line={line} />
      </div>
      <PageHead title={t(`claim.reason.${claim.reason}`)}>
        <span className="flex flex-wrap items-center gap-x-4 gap-y-2"><ClaimStatusBadge status={claim.status} /><ClaimClock claim={claim} /></span>
      </PageHead>
      {me && <div className="mb-5 flex flex-wrap gap-2 empty:hidden"><Decisions claim={claim} me={me} onDone={onDone} /></div>}
      {!me && <div className="mb-5"><Notice>{t('claimDesk.between')}</Notice></div>}
      {claim.recall && <div className="mb-5"><Notice title={t('claimDesk.recall')}>{claim.recall.note}</Notice></div>}
      {claim.rejection && <div className="mb-5"><RejectionNote rejection={claim.rejection} /></div>}
      {claim.remedy && (
        <div className="mb-5"><Notice tone="good" title={<RemedyLine kind={claim.remedy.kind} amount={claim.remedy.amount} />}>{t('claimDesk.paidBy', { desk: t(`desk.${claim.remedy.bearer}`) })}</Notice></div>
      )}
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-5">
          <Said claim={claim} />
          {me && <Offers claim={claim} me={me} onDone={onDone} />}
          {me && <EvidencePanel claim={claim} onDone={onDone} />}
          {me && (
            <Panel title={t('claimDesk.thread')} lead={t('claimDesk.thread.lead')}>
              <ClaimThread messages={claim.messages} me={me} onPost={open && may('claim:talk') ? post : undefined} onSeen={open && may('claim:talk') ? seen : undefined} />
            </Panel>
          )}
          <Panel title={t('claimDesk.timeline')}><ClaimTimeline claim={claim} /></Panel>
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          {me && claim.desk === me && may('claim:assign') && <Panel title={t('claimDesk.hands')}><Assign claim={claim} onDone={onDone} /></Panel>}
          {claim.triage && <TriagePanel triage={claim.triage} />}
          <Goods claim={claim} />
          {me && <NotesPanel claim={claim} onDone={onDone} />}
          {terms && <Panel title={t('claimDesk.terms')}><TermsSummary terms={terms} /></Panel>}
        </div>
      </div>
    </>
  )
}
