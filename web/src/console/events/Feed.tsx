import { useEffect, useState } from 'react'
import { Radio } from 'lucide-react'
import { useClient } from 'urql'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { EmptyState } from '@/ui/parts.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useViewer } from '../viewer.tsx'
import { EventRow } from './EventRow.tsx'
import { useFeed, type Happened } from './events.ts'
import { LineState } from './LineState.tsx'

const RecentlyDocument = graphql(`
  query ConsoleRecently {
    orders(first: 12) { nodes { id number placedAt status total { amount currency } } }
    warrantyClaims(first: 8) { nodes { id openedAt status order { id number } } }
  }
`)

const most = 40
type Kept = { cursor: string | null; events: Happened[] }

/** What was seen in this tab is remembered there: a page that is loaded again goes on where it was. */
function remembered(key: string): Kept {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null') as Kept | null ?? { cursor: null, events: [] }
  } catch {
    return { cursor: null, events: [] }
  }
}

/** What happens at the tenant in view, while it happens. */
export function Feed() {
  const { t } = useWords()
  const { tenant } = useViewer()
  const key = `cardamom:console:feed:${tenant.id}`
  const [{ cursor, events }, setKept] = useState<Kept>(() => remembered(key))
  const [since] = useState(cursor)
  const line = useFeed(key, since, (event) =>
    setKept((before) => ({
      cursor: event.cursor,
      events: event.type && !before.events.some((one) => one.id === event.id) ? [event, ...before.events].slice(0, most) : before.events,
    })))
  useEffect(() => {
    try {
      sessionStorage.setItem(key, JSON.stringify({ cursor, events }))
    } catch {
      // A browser that keeps nothing: it begins from now the next time.
    }
  }, [key, cursor, events])
  const before = useBefore()
  const shown = [...events, ...before.filter((old) => !events.some((one) => one.type === old.type && one.subjectId === old.subjectId))].slice(0, most)
  return (
    <Panel title={t('feed.title')} actions={<LineState line={line} />}>
      {shown.length === 0
        ? <EmptyState icon={<Radio />} title={t('feed.empty')}>{t('feed.empty.why')}</EmptyState>
        : <ol className="-my-2.5 max-h-[34rem] divide-y divide-line overflow-y-auto pr-1" tabIndex={0} aria-label={t('feed.title')}>{shown.map((event) => <EventRow key={event.id} event={event} />)}</ol>}
    </Panel>
  )
}

/** What happened before anybody looked: the latest orders and claims, told as the events that they began with. */
function useBefore(): Happened[] {
  const client = useClient()
  const [found, setFound] = useState<Happened[]>([])
  useEffect(() => {
    let wanted = true
    void client.query(RecentlyDocument, {}).toPromise().then(({ data }) => {
      if (!wanted || !data) return
      const blank = { __typename: 'EventEnvelope' as const, cursor: '', orderStatus: null, claimStatus: null }
      const orders = (data.orders?.nodes ?? []).map((order): Happened => ({
        ...blank, id: `placed:${order.id}`, type: 'ORDER_PLACED', occurredAt: order.placedAt, subjectId: order.id, subject: { ...order, __typename: 'Order' },
      }))
      const claims = (data.warrantyClaims?.nodes ?? []).map((claim): Happened => ({
        ...blank, id: `opened:${claim.id}`, type: 'WARRANTY_CLAIM_OPENED', occurredAt: claim.openedAt, subjectId: claim.id, subject: { ...claim, __typename: 'WarrantyClaim' },
      }))
      setFound([...orders, ...claims].sort((one, other) => Date.parse(other.occurredAt) - Date.parse(one.occurredAt)))
    })
    return () => {
      wanted = false
    }
  }, [client])
  return found
}
