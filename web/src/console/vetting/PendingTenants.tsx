import { useState } from 'react'
import { Link } from 'wouter'
import { BadgeCheck } from 'lucide-react'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Badge, Card, EmptyState } from '@/ui/parts.tsx'
import { useTenantEvents } from '../kit/events.ts'
import { Loaded } from '../kit/Loaded.tsx'
import { useQuery } from '../kit/query.ts'
import { Decide, type Decision } from '../tenants/Decide.tsx'
import { TreeDocument, type TenantRow } from '../tenants/tenants.ts'

/** Sites and suppliers that wait to be admitted. */
export function PendingTenants() {
  const { t } = useWords()
  const [deciding, setDeciding] = useState<{ tenant: TenantRow; decision: Decision } | null>(null)
  const [{ data, error }, ask] = useQuery({ query: TreeDocument })
  const again = () => ask({ requestPolicy: 'network-only' })
  useTenantEvents(['TENANT_STATUS_CHANGED'], again)
  return (
    <Loaded data={data?.tenants} error={error} retry={again}>
      {(rows) => {
        const waiting = rows.filter((row) => row.status === 'PENDING_REVIEW')
        return (
          <>
            {waiting.length === 0 && <EmptyState icon={<BadgeCheck />} title={t('vetting.tenants.none')}>{t('vetting.tenants.none.why')}</EmptyState>}
            <ul className="flex flex-col gap-4">
              {waiting.map((tenant) => {
                const parent = rows.find((row) => row.id === tenant.parent?.id)
                return (
                  <Card as="li" key={tenant.id} className="flex flex-wrap items-center justify-between gap-3">
                    <div className="min-w-0">
                      <p><Link href={`/tenants/${tenant.id}`} className="font-medium text-accent-ink underline underline-offset-4">{tenant.name}</Link></p>
                      <p className="mt-1 flex flex-wrap items-center gap-2 text-sm text-muted">
                        <Badge>{t(`tenants.kind.${tenant.kind}`)}</Badge>
                        <span className="font-mono">{tenant.handle}</span>
                        {parent && <span>{t('vetting.under', { name: parent.name })}</span>}
                      </p>
                    </div>
                    <div className="flex flex-wrap gap-2">
                      <Button kind="danger" onClick={() => setDeciding({ tenant, decision: 'reject' })}>{t('tenants.decide.reject')}</Button>
                      <Button kind="primary" onClick={() => setDeciding({ tenant, decision: 'approve' })}>{t('tenants.decide.approve')}</Button>
                    </div>
                  </Card>
                )
              })}
            </ul>
            {deciding && <Decide {...deciding} onClose={() => setDeciding(null)} onDone={again} />}
          </>
        )
      }}
    </Loaded>
  )
}
