import { graphql } from '@/gql'
import type { StandingLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Stars } from '@/ui/parts.tsx'

export const StandingLook = graphql(`
  fragment StandingLook on Standing {
    openedSince orders reviews minimumSample averageStars averageWarrantyStars
    claimRateBasisPoints approvalRateBasisPoints medianHoursToFirstAnswer medianHoursToResolution appealsOverturned
  }
`)

/** How somebody has done so far. Every figure is computed by the server; one with too little behind it is not told. */
export function StandingPanel({ standing }: { standing: StandingLookFragment }) {
  const { t, time, percent, span } = useWords()
  const hours = (value: string) => span(Math.round(Number(value) * 3600))
  const figures: [string, string | null][] = [
    ['standing.claimRate', standing.claimRateBasisPoints == null ? null : percent(standing.claimRateBasisPoints)],
    ['standing.approvalRate', standing.approvalRateBasisPoints == null ? null : percent(standing.approvalRateBasisPoints)],
    ['standing.firstAnswer', standing.medianHoursToFirstAnswer == null ? null : hours(standing.medianHoursToFirstAnswer)],
    ['standing.resolution', standing.medianHoursToResolution == null ? null : hours(standing.medianHoursToResolution)],
    ['standing.overturned', standing.appealsOverturned == null ? null : String(standing.appealsOverturned)],
  ]
  const known = figures.filter(([, value]) => value !== null)
  const stars = (id: 'standing.stars' | 'standing.warrantyStars', value: string | null | undefined) =>
    value != null && (
      <div className="flex items-center justify-between gap-3">
        <dt className="text-muted">{t(id)}</dt>
        <dd className="flex items-center gap-2"><Stars value={Number(value)} label={t('standing.of5', { value })} /><span className="font-medium tabular-nums" aria-hidden>{value}</span></dd>
      </div>
    )
  return (
    <div className="flex flex-col gap-3 text-sm">
      <dl className="flex flex-col gap-2">
        {stars('standing.stars', standing.averageStars)}
        {stars('standing.warrantyStars', standing.averageWarrantyStars)}
        <Row term={t('standing.orders')}>{t(`standing.band.${standing.orders}`)}</Row>
        {known.map(([id, value]) => <Row key={id} term={t(id)}>{value}</Row>)}
        <Row term={t('standing.since')}>{time(standing.openedSince, 'date')}</Row>
      </dl>
      <p className="text-xs text-muted">{t(known.length === figures.length ? 'standing.how' : 'standing.few', { count: standing.minimumSample })}</p>
    </div>
  )
}

function Row({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-3">
      <dt className="text-muted">{term}</dt>
      <dd className="text-right font-medium tabular-nums">{children}</dd>
    </div>
  )
}
