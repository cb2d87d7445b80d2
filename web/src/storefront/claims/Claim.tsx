import { useQuery } from 'urql'
import { Link } from 'wouter'
import { graphql } from '@/gql'
import { ClaimTimeline } from '@/features/claim/ClaimTimeline.tsx'
import { ClaimStatusBadge, claimOpen } from '@/features/claim/status.tsx'
import { EvidenceList } from '@/features/claim/EvidenceList.tsx'
import { RemedyLine } from '@/features/claim/RemedyLine.tsx'
import { AddEvidence } from '@/features/claim/AddEvidence.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { useKept } from '@/lib/kept.ts'
import { Card, Fact, Facts } from '@/ui/parts.tsx'
import { Failed, Missing, Waiting } from '@/ui/states.tsx'
import { SignInFirst } from '../account/SignInFirst.tsx'
import { LineNotice } from '../LineNotice.tsx'
import { useOrderLine } from '../orders/useOrderLine.ts'
import { Page } from '../page.tsx'
import { ClaimActions } from './ClaimActions.tsx'
import { Offers } from './Offers.tsx'
import { Outcome } from './Outcome.tsx'
import { Thread } from './Thread.tsx'

const ClaimPageDocument = graphql(`
  query ClaimPage($id: ID!) {
    warrantyClaim(id: $id) {
      id status desk dueAt openedAt reason description wanted
      delivery { id }
      order { id number asOf }
      rejection { ...RejectionLook }
      remedy { kind amount { amount currency } replacement { id } }
      remedyOptions { kind hindrance amount { amount currency } }
      selfCheck { en zh outcome note }
      escalation { authority name note phone url }
      evidence { ...EvidenceLook }
      messages { ...ClaimMessageLook }
      offers { id party status remedy note madeAt amount { amount currency } }
      ...ClaimTimelineParts
    }
  }
`)

/** One claim, as it is now and as it changes. */
export default function Claim({ id }: { id: string }) {
  const { t } = useWords()
  return <SignInFirst title={t('claim.title')}><Found id={id} /></SignInFirst>
}

function Found({ id }: { id: string }) {
  const { t, language } = useWords()
  const [{ data, error, fetching }, again] = useQuery({ query: ClaimPageDocument, variables: { id }, requestPolicy: 'cache-and-network' })
  const refresh = () => again({ requestPolicy: 'network-only' })
  const claim = useKept(id, data, error, refresh)?.warrantyClaim ?? null
  const line = useOrderLine(claim && { id: claim.order.id, asOf: claim.order.asOf }, refresh)
  if (!claim && error) return <Failed error={error} retry={refresh} />
  if (!claim && fetching) return <Waiting />
  if (!claim) return <Page title={t('state.missing')} hidden><Missing /></Page>
  const open = claimOpen(claim.status)
  return (
    <Page title={t(`claim.reason.${claim.reason}`)}
      eyebrow={<>{t('claim.title')} · <Link className="text-accent-ink underline underline-offset-4" href={`/orders/${claim.order.id}`}>{t('wizard.order', { number: claim.order.number })}</Link></>}
      lead={<LineNotice line={line} />} actions={<span role="status" className="pt-1.5"><ClaimStatusBadge status={claim.status} /></span>}>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 md:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex flex-col gap-5">
          <Outcome claim={claim} refresh={refresh} />
          <Offers claim={claim} refresh={refresh} />
          <Card aria-labelledby="thread">
            <h2 id="thread" className="mb-4 text-lg font-semibold">{t('claim.thread')}</h2>
            <Thread claim={claim} open={open} refresh={refresh} />
          </Card>
          <Card aria-labelledby="evidence" className="flex flex-col gap-4">
            <h2 id="evidence" className="text-lg font-semibold">{t('wizard.step.evidence')}</h2>
            <EvidenceList claimId={claim.id} evidence={claim.evidence} />
            {open && <AddEvidence claimId={claim.id} have={claim.evidence.length} refresh={refresh} />}
          </Card>
        </div>
        <div className="flex flex-col gap-5">
          <Card aria-labelledby="said" className="flex flex-col gap-3">
            <h2 id="said" className="text-lg font-semibold">{t('claim.said')}</h2>
            <p className="whitespace-pre-line">{claim.description}</p>
            {claim.wanted && <Facts><Fact term={t('claim.wanted')}><RemedyLine kind={claim.wanted} /></Fact></Facts>}
            {claim.selfCheck.length > 0 && (
              <ul className="flex flex-col gap-1.5 border-t border-line pt-3 text-sm">
                {claim.selfCheck.map((tried) => (
                  <li key={tried.en}>{language === 'en' ? tried.en : tried.zh}<span className="block text-muted">{t(`wizard.check.${tried.outcome}`)}{tried.note && ` · ${tried.note}`}</span></li>
                ))}
              </ul>
            )}
          </Card>
          <ClaimActions claim={claim} refresh={refresh} />
          <Card aria-labelledby="timeline">
            <h2 id="timeline" className="mb-4 text-lg font-semibold">{t('claim.timeline')}</h2>
            <ClaimTimeline claim={claim} />
          </Card>
        </div>
      </div>
    </Page>
  )
}
