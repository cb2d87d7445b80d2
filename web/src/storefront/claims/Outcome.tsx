import { ExternalLink, PartyPopper, Phone } from 'lucide-react'
import { ClaimClock } from '@/features/claim/ClaimClock.tsx'
import { RejectionNote } from '@/features/claim/RejectionNote.tsx'
import { RemedyLine } from '@/features/claim/RemedyLine.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { ButtonLink } from '@/ui/Button.tsx'
import { Card } from '@/ui/parts.tsx'
import { NoteDialog } from './NoteDialog.tsx'
import type { OfClaim } from './shown.ts'

/** Where the claim stands and what comes next: the first thing that its buyer wants to know. */
export function Outcome({ claim, refresh }: OfClaim) {
  const { t } = useWords()
  const waiting = claim.status === 'SUBMITTED' || claim.status === 'APPEALED' || claim.status === 'INFO_REQUESTED'
  const asked = claim.status === 'INFO_REQUESTED' ? [...claim.history].reverse().find((step) => step.to === 'INFO_REQUESTED')?.note : null
  return (
    <Card aria-labelledby="outcome" className="flex flex-col gap-3">
      <h2 id="outcome" className="text-lg font-semibold">{t(`claim.head.${claim.status}`)}</h2>
      {waiting && claim.desk && <ClaimClock claim={claim} />}
      {claim.status === 'INFO_REQUESTED' && (
        <>
          {asked && <q className="rounded-md bg-warn-soft px-4 py-3 whitespace-pre-line">{asked}</q>}
          <div><NoteDialog claim={claim} kind="info" refresh={refresh} primary /></div>
        </>
      )}
      {waiting && claim.status !== 'INFO_REQUESTED' && (
        <>
          <p className="text-sm text-muted">{t('claim.moves')}</p>
          {claim.remedyOptions.length > 0 && (
            <div className="rounded-md bg-sunken p-4 text-sm">
              <p className="mb-2 font-medium">{t('claim.options')}</p>
              <ol className="flex flex-col gap-1.5">
                {claim.remedyOptions.map((option) => (
                  <li key={option.kind} className="flex flex-wrap items-center justify-between gap-x-3"><RemedyLine kind={option.kind} amount={option.amount} />{option.hindrance && <span className="text-muted">{t(`remedy.hindrance.${option.hindrance}`)}</span>}</li>
                ))}
              </ol>
            </div>
          )}
        </>
      )}
      {claim.remedy && (
        <div className="flex flex-wrap items-center justify-between gap-3 rounded-md bg-good-soft px-4 py-3 text-good">
          <span className="flex items-center gap-3"><PartyPopper className="size-5 shrink-0" aria-hidden /><RemedyLine kind={claim.remedy.kind} amount={claim.remedy.amount} /></span>
          {claim.remedy.replacement && <ButtonLink size="sm" href={`/orders/${claim.order.id}`}>{t('claim.replacement')}</ButtonLink>}
        </div>
      )}
      {claim.remedy?.amount && <p className="text-sm text-muted">{t('claim.paid')}</p>}
      {claim.rejection && <RejectionNote rejection={claim.rejection} action={claim.status === 'REJECTED' && <NoteDialog claim={claim} kind="appeal" refresh={refresh} primary />} />}
      {claim.escalation && (
        <div className="flex flex-col gap-2 rounded-md border border-line p-4">
          <p className="text-xs text-muted">{t('claim.escalation')}</p>
          <p className="font-medium">{claim.escalation.name}</p>
          <p className="text-sm">{claim.escalation.authority}</p>
          <p className="text-sm whitespace-pre-line text-muted">{claim.escalation.note}</p>
          <p className="flex flex-wrap gap-x-5 gap-y-1">
            {/^https:\/\//.test(claim.escalation.url) && <a className="inline-flex min-h-11 items-center gap-2 text-accent-ink underline underline-offset-4" href={claim.escalation.url} target="_blank" rel="noreferrer"><ExternalLink className="size-4" aria-hidden />{t('claim.escalation.go')}</a>}
            {claim.escalation.phone && <a className="inline-flex min-h-11 items-center gap-2 text-accent-ink underline underline-offset-4" href={`tel:${claim.escalation.phone}`}><Phone className="size-4" aria-hidden />{claim.escalation.phone}</a>}
          </p>
        </div>
      )}
    </Card>
  )
}
