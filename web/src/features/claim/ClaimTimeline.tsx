import type { ReactNode } from 'react'
import { graphql } from '@/gql'
import type { ClaimDesk, ClaimTimelinePartsFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Timeline, type Tone } from '@/ui/parts.tsx'
import { RemedyLine } from './RemedyLine.tsx'
import { claimTone } from './status.tsx'

export const ClaimTimelineParts = graphql(`
  fragment ClaimTimelineParts on WarrantyClaim {
    id openedAt
    history { at desk from to note }
    offers { id madeAt endedAt party remedy status note amount { amount currency } }
    evidence { id submittedAt fileName uploadedBy }
    messages { id at party }
  }
`)

type Item = { key: string; time: string; title: string; body?: ReactNode; tone?: Tone }

/** A claim's steps, offers and files in one line of time, the newest first. What was said stands in the thread: here
 *  only that something was. */
export function ClaimTimeline({ claim }: { claim: ClaimTimelinePartsFragment }) {
  const { t, time } = useWords()
  const desk = (who: ClaimDesk) => t(`desk.${who}`)
  const items: Item[] = claim.history.map((step, index) => {
    const moved = step.from === step.to ? step.desk : null
    return {
      key: `step:${index}`,
      time: step.at,
      title: moved ? t('claim.step.moved', { desk: desk(moved) }) : step.from ? t(`claim.status.${step.to}`) : t('claim.step.opened'),
      body: (
        <>
          {!moved && step.desk && <span className="block">{t('claim.step.at', { desk: desk(step.desk) })}</span>}
          {step.note && <q className="block whitespace-pre-line text-ink">{step.note}</q>}
        </>
      ),
      tone: moved ? 'neutral' : claimTone(step.to),
    }
  })
  for (const offer of claim.offers) {
    items.push({
      key: offer.id, time: offer.madeAt, tone: 'accent',
      title: t('claim.step.offered', { desk: desk(offer.party) }),
      body: <><RemedyLine kind={offer.remedy} amount={offer.amount} />{offer.note && <q className="block whitespace-pre-line text-ink">{offer.note}</q>}</>,
    })
    if (offer.endedAt && offer.status !== 'OPEN') {
      items.push({
        key: `${offer.id}:end`, time: offer.endedAt, tone: offer.status === 'ACCEPTED' ? 'good' : 'neutral',
        title: t(`claim.offer.${offer.status}`), body: <RemedyLine kind={offer.remedy} amount={offer.amount} />,
      })
    }
  }
  for (const file of claim.evidence) {
    items.push({ key: file.id, time: file.submittedAt, title: t('claim.step.evidence', { desk: desk(file.uploadedBy) }), body: file.fileName })
  }
  for (const message of claim.messages) {
    items.push({ key: message.id, time: message.at, title: t('claim.step.message', { desk: desk(message.party) }) })
  }
  // Of one moment, what came later stands above.
  items.reverse().sort((one, other) => Date.parse(other.time) - Date.parse(one.time))
  return <Timeline items={items.map(({ time: at, ...item }) => ({ ...item, at: <time dateTime={at}>{time(at)}</time> }))} />
}
