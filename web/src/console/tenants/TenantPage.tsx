import { useState } from 'react'
import { Link } from 'wouter'
import { ArrowLeft } from 'lucide-react'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Badge, Fact, Facts, PageHead } from '@/ui/parts.tsx'
import { Nothing } from '../kit/Nothing.tsx'
import { useTenantEvents } from '../kit/events.ts'
import { Loaded } from '../kit/Loaded.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { Credit } from '../money/Credit.tsx'
import { useMay, useViewer } from '../viewer.tsx'
import { Decide, decisionsOn, type Decision } from './Decide.tsx'
import { Hosts } from './Hosts.tsx'
import { MarkupCap } from './MarkupCap.tsx'
import { statusTone, TreeDocument } from './tenants.ts'

/** One tenant: what it is, what may be decided about it, and what is set for it. */
export default function TenantPage({ params }: { params: Record<string, string> }) {
  const { t, money, percent } = useWords()
  const may = useMay()
  const { tenant: own } = useViewer()
  const [decision, setDecision] = useState<Decision | null>(null)
  const [crediting, setCrediting] = useState(false)
  const [{ data, error }, ask] = useQuery({ query: TreeDocument })
  const again = () => ask({ requestPolicy: 'network-only' })
  useTenantEvents(['TENANT_STATUS_CHANGED'], again)
  return (
    <Loaded data={data?.tenants} error={error} retry={again}>
      {(rows) => {
        const tenant = rows.find((row) => row.id === params.id)
        if (!tenant) return <Nothing />
        const parent = rows.find((row) => row.id === tenant.parent?.id)
        const below = rows.filter((row) => row.parent?.id === tenant.id)
        const open = decisionsOn(tenant, own.id, may)
        const child = tenant.parent?.id === own.id && tenant.kind === 'SITE'
        return (
          <>
            <Link href="/tenants" className="mb-3 inline-flex min-h-9 items-center gap-1.5 text-sm text-accent-ink"><ArrowLeft className="size-4" aria-hidden />{t('place.tenants')}</Link>
            <PageHead title={tenant.name} actions={open.map((one) => (
              <Button key={one} kind={one === 'reject' || one === 'suspend' ? 'danger' : 'primary'} onClick={() => setDecision(one)}>{t(`tenants.decide.${one}`)}</Button>
            ))}>
              <span className="inline-flex flex-wrap gap-2">
                <Badge>{t(`tenants.kind.${tenant.kind}`)}</Badge>
                <Badge tone={statusTone[tenant.status]}>{t(`tenants.status.${tenant.status}`)}</Badge>
              </span>
            </PageHead>
            <div className="grid items-start gap-5 lg:grid-cols-2">
              <Panel title={t('tenants.facts')} actions={tenant.wallet && may('wallet:credit') && <Button size="sm" onClick={() => setCrediting(true)}>{t('money.credit')}</Button>}>
                <Facts>
                  <Fact term={t('tenants.handle')}><span className="font-mono">{tenant.handle}</span></Fact>
                  <Fact term={t('tenants.depth')}>{tenant.depth}</Fact>
                  {parent && <Fact term={t('tenants.parent')}><Link href={`/tenants/${parent.id}`} className="text-accent-ink underline underline-offset-4">{parent.name}</Link></Fact>}
                  {tenant.kind === 'SITE' && <Fact term={t('tenants.cap')}>{tenant.markupCapBasisPoints == null ? t('tenants.cap.none') : percent(tenant.markupCapBasisPoints)}</Fact>}
                  {tenant.wallet && <Fact term={t('money.available')}><span className="tabular-nums">{money(tenant.wallet.available)}</span></Fact>}
                  {tenant.wallet && <Fact term={t('money.held')}><span className="tabular-nums">{money(tenant.wallet.held)}</span></Fact>}
                </Facts>
              </Panel>
              {below.length > 0 && (
                <Panel title={t('tenants.below')}>
                  <ul className="flex flex-col gap-1">
                    {below.map((row) => (
                      <li key={row.id} className="flex flex-wrap items-center justify-between gap-2">
                        <Link href={`/tenants/${row.id}`} className="inline-flex min-h-9 items-center text-accent-ink underline underline-offset-4">{row.name}</Link>
                        <Badge tone={statusTone[row.status]}>{t(`tenants.status.${row.status}`)}</Badge>
                      </li>
                    ))}
                  </ul>
                </Panel>
              )}
              {child && may('tenant:suspend') && <MarkupCap tenant={tenant} onDone={again} />}
              {tenant.kind === 'SITE' && <Hosts id={tenant.id} decides={may('tenant:decide')} />}
            </div>
            {decision && <Decide tenant={tenant} decision={decision} onClose={() => setDecision(null)} onDone={again} />}
            {crediting && tenant.wallet && <Credit currency={tenant.wallet.available.currency} to={{ wallet: tenant.wallet.id, name: tenant.name }} onClose={() => setCrediting(false)} onDone={again} />}
          </>
        )
      }}
    </Loaded>
  )
}
