import { useState } from 'react'
import { useWords } from '@/lib/i18n.tsx'
import { PageHead } from '@/ui/parts.tsx'
import { Feed } from '../events/Feed.tsx'
import { useTenantEvents } from '../kit/events.ts'
import { useMay, useViewer } from '../viewer.tsx'
import { DueClaims, LowStock, WaitingOrders } from './Duties.tsx'
import { Sales } from './Sales.tsx'

/** How soon the figures follow, in milliseconds: reports are a lot to ask for each order of a busy shop. */
const pace = { quiet: 1_500, most: 10_000 }

/** What a shop's owner wants to know first: what was earned, what waits, and what happens right now. */
export default function Dashboard() {
  const { t } = useWords()
  const { tenant } = useViewer()
  const may = useMay()
  const [news, setNews] = useState(0)
  useTenantEvents(['ORDER_PLACED', 'ORDER_STATUS_CHANGED', 'DELIVERY_MADE', 'WARRANTY_CLAIM_OPENED', 'WARRANTY_CLAIM_CHANGED', 'STOCK_LOW'], () => setNews((count) => count + 1), pace)
  return (
    <>
      <PageHead title={t('place.dashboard')}>{t('dashboard.lead', { tenant: tenant.name })}</PageHead>
      <div className="flex flex-col gap-4">
        <Sales news={news} />
        <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-4">
            {may('claim:read') && <DueClaims news={news} />}
            {may('order:read') && <WaitingOrders news={news} />}
            {may('stock:read') && <LowStock news={news} />}
          </div>
          {may('event:read') && <Feed />}
        </div>
      </div>
    </>
  )
}
