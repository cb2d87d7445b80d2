import { Link } from 'wouter'
import { Fingerprint } from 'lucide-react'
import { AddEvidence } from '@/features/claim/AddEvidence.tsx'
import { EvidenceList } from '@/features/claim/EvidenceList.tsx'
import { claimOpen } from '@/features/claim/status.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { Badge, Notice } from '@/ui/parts.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useMay } from '../viewer.tsx'
import type { Claim } from './claim.ts'

/** The files of a claim, with what identifies each and where it was seen before. */
export function EvidencePanel({ claim, onDone }: { claim: Claim; onDone: () => void }) {
  const { t, time } = useWords()
  const may = useMay()
  const matches = claim.evidenceMatches
  const nameOf = (id: string) => claim.evidence.find((file) => file.id === id)?.fileName ?? id
  return (
    <Panel title={t('claimDesk.evidence', { count: claim.evidence.length })} lead={t('claimDesk.evidence.lead')}>
      <div className="flex flex-col gap-4">
        {matches && matches.length > 0 && (
          <Notice tone="warn" title={t('claimDesk.matches', { count: matches.length })}>
            <ul className="mt-1 flex flex-col gap-1">
              {matches.map((match) => (
                <li key={`${match.evidenceId} ${match.claimId} ${match.submittedAt}`} className="flex flex-wrap items-center gap-x-2">
                  <span className="font-medium">{nameOf(match.evidenceId)}</span>
                  <span>{match.exact ? t('claimDesk.match.exact') : t('claimDesk.match.alike', { distance: match.distance ?? 0 })}</span>
                  <Link href={`/claims/${match.claimId}`} className="underline underline-offset-4">{t('claimDesk.match.claim')}</Link>
                  <time dateTime={match.submittedAt}>{time(match.submittedAt)}</time>
                </li>
              ))}
            </ul>
          </Notice>
        )}
        {matches && matches.length === 0 && claim.evidence.length > 0 && <p className="text-sm text-muted">{t('claimDesk.matches.none')}</p>}
        <EvidenceList claimId={claim.id} evidence={claim.evidence} />
        {claimOpen(claim.status) && may('evidence:add') && <AddEvidence claimId={claim.id} have={claim.evidence.length} refresh={onDone} />}
        {claim.evidence.length > 0 && (
          <details className="text-sm">
            <summary className="flex min-h-9 items-center gap-2 text-accent-ink"><Fingerprint className="size-4" aria-hidden />{t('claimDesk.hashes')}</summary>
            <ul className="mt-2 flex flex-col gap-3">
              {claim.evidence.map((file) => (
                <li key={file.id} className="rounded-md bg-sunken p-3">
                  <p className="mb-1 flex flex-wrap items-center gap-2 font-medium">{file.fileName} <Badge>{file.mediaType}</Badge></p>
                  <dl className="text-xs">
                    <dt className="text-muted">{t('claimDesk.hash.sent')}</dt>
                    <dd className="font-mono break-all">{file.originalSha256}</dd>
                    <dt className="mt-1 text-muted">{t('claimDesk.hash.kept')}</dt>
                    <dd className="font-mono break-all">{file.sha256}</dd>
                  </dl>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </Panel>
  )
}
