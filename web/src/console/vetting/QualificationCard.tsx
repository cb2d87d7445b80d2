import type { ReactNode } from 'react'
import { useWords } from '@/lib/i18n.tsx'
import { Badge, Card, Fact, Facts, Notice } from '@/ui/parts.tsx'
import { qualificationTone, type Qualification } from './qualification.ts'

/** What a supplier says that it is licensed for, and what became of that. */
export function QualificationCard({ qualification: one, named, actions }: { qualification: Qualification; named?: boolean; actions?: ReactNode }) {
  const { t, time } = useWords()
  return (
    <Card as="li" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <p className="font-medium">{one.title}</p>
          {named && one.tenant && <p className="text-sm text-muted">{one.tenant.name}</p>}
        </div>
        <Badge tone={qualificationTone[one.status]}>{t(`licence.status.${one.status}`)}</Badge>
      </div>
      <Facts>
        <Fact term={t('licence.issuer')}>{one.issuer}</Fact>
        {one.number && <Fact term={t('licence.number')}><span className="font-mono">{one.number}</span></Fact>}
        <Fact term={t('licence.submitted')}>{time(one.submittedAt)}</Fact>
        {one.verifiedAt && <Fact term={t('licence.verified')}>{time(one.verifiedAt)}</Fact>}
        {one.validUntil && <Fact term={t('licence.until')}>{time(one.validUntil, 'date')}</Fact>}
      </Facts>
      {one.note && <Notice tone="neutral">{one.note}</Notice>}
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </Card>
  )
}
