import { useWords } from '@/lib/i18n.tsx'
import { PageHead } from '@/ui/parts.tsx'
import { Feed } from '../events/Feed.tsx'
import { useMay, useViewer } from '../viewer.tsx'
import { DueClaims, LowStock, WaitingOrders } from './Duties.tsx'
import { Sales } from './Sales.tsx'

/** What a shop's owner wants to know first: what was earned, what waits, and what happens right now. */
export default function Dashboard() {
  const { t } = useWords()
  const { tenant } = useViewer()
  const may = useMay()
  return (
    <>
      <PageHead title={t('place.dashboard')}>{t('dashboard.lead', { tenant: tenant.name })}</PageHead>
      <div className="flex flex-col gap-4">
        <Sales />
        <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-4">
            {may('claim:read') && <DueClaims />}
            {may('order:read') && <WaitingOrders />}
            {may('stock:read') && <LowStock />}
          </div>
          {may('event:read') && <Feed />}
        </div>
      </div>
    </>
  )
}
