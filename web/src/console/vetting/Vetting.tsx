import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { PageHead } from '@/ui/parts.tsx'
import { oneOf, useAddress } from '../kit/address.ts'
import { useTenantEvents } from '../kit/events.ts'
import { useQuery } from '../kit/query.ts'
import { Views } from '../kit/Views.tsx'
import { useMay } from '../viewer.tsx'
import { PendingProducts } from './PendingProducts.tsx'
import { PendingQualifications } from './PendingQualifications.tsx'
import { PendingTenants } from './PendingTenants.tsx'

const WaitingTenantsDocument = graphql(`
  query WaitingTenants { tenants { id status } }
`)

/** What waits for the operator's word before it may trade. */
export default function Vetting() {
  const { t } = useWords()
  const may = useMay()
  const { said } = useAddress()
  const views = [
    ...(may('tenant:decide') ? ['tenants' as const] : []),
    ...(may('product:decide') ? ['products' as const] : []),
    ...(may('tenant:decide') && may('qualification:read') ? ['qualifications' as const] : []),
  ]
  const view = oneOf(views, said('view')) ?? views[0]
  const [{ data }, ask] = useQuery({ query: WaitingTenantsDocument })
  useTenantEvents(['TENANT_STATUS_CHANGED'], () => ask({ requestPolicy: 'network-only' }))
  const waiting = data?.tenants?.filter((one) => one.status === 'PENDING_REVIEW').length
  return (
    <>
      <PageHead title={t('place.vetting')}>{t('vetting.lead')}</PageHead>
      <Views label={t('vetting.views')} path="/vetting" current={view ?? ''} views={views.map((key) => ({ key, name: t(`vetting.${key}`), count: key === 'tenants' ? waiting : null }))} />
      {view === 'tenants' && <PendingTenants />}
      {view === 'products' && <PendingProducts />}
      {view === 'qualifications' && <PendingQualifications />}
    </>
  )
}
