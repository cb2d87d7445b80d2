import { useMemo } from 'react'
import { Link } from 'wouter'
import { Inbox } from 'lucide-react'
import { graphql } from '@/gql'
import type { ClaimQueueQuery, WarrantyClaimWhere } from '@/gql/graphql'
import { ClaimStatusBadge, claimStatuses } from '@/features/claim/status.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { usePages } from '@/lib/pages.ts'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { Badge, EmptyState, PageHead } from '@/ui/parts.tsx'
import { LineState } from '../events/LineState.tsx'
import { oneOf, useAddress } from '../kit/address.ts'
import { useTenantEvents } from '../kit/events.ts'
import { useViewer } from '../viewer.tsx'
import { Due } from './Due.tsx'
import { Filters } from './Filters.tsx'
import { deskOf } from './party.ts'
import { Score } from './Score.tsx'
import { desks, dueBefore, kinds } from './where.ts'

const QueueDocument = graphql(`
  query ClaimQueue($first: Int, $after: String, $orderBy: WarrantyClaimOrder, $where: WarrantyClaimWhere) {
    warrantyClaims(first: $first, after: $after, orderBy: $orderBy, where: $where) {
      nodes {
        id status desk dueAt openedAt kind brand reason wanted
        order { id number site { id name } }
        assignee { id displayName }
        triage { score }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`)
export type QueueRow = NonNullable<ClaimQueueQuery['warrantyClaims']>['nodes'][number]

/** Claims, the most urgent first: those at the viewer's own desk, unless something else is asked for. */
export default function Queue() {
  const { t, time } = useWords()
  const { tenant, user } = useViewer()
  const { said } = useAddress()
  const desk = said('desk') === 'ALL' ? null : oneOf(desks, said('desk')) ?? deskOf[tenant.kind]
  const assignee = said('assignee')
  const due = said('due')
  const where = useMemo<WarrantyClaimWhere>(() => ({
    desk,
    status: oneOf(claimStatuses, said('status')),
    kind: oneOf(kinds, said('kind')),
    brand: said('brand') || null,
    unassigned: assignee === 'nobody',
    assigneeId: assignee && assignee !== 'nobody' ? (assignee === 'me' ? user.id : assignee) : null,
    dueBefore: dueBefore(due),
  }), [desk, said('status'), said('kind'), said('brand'), assignee, due, user.id])
  const orderBy = said('order') === 'NEWEST' ? 'NEWEST' : 'DUE'
  const pages = usePages(QueueDocument, { orderBy, where }, (data) => data.warrantyClaims)
  const line = useTenantEvents(['WARRANTY_CLAIM_OPENED', 'WARRANTY_CLAIM_CHANGED', 'WARRANTY_CLAIM_ASSIGNED'], pages.reload)
  const columns: Column<QueueRow>[] = [
    { key: 'claim', head: t('claimDesk.claim'), value: (row) => row.order.number, cell: (row) => (
      <Link href={`/claims/${row.id}`} className="block min-h-9 text-accent-ink underline underline-offset-4 md:min-w-36">
        <span className="font-medium">{t(`claim.reason.${row.reason}`)}</span>
        <span className="block text-xs">{t('claimDesk.ofOrder', { number: row.order.number })}</span>
      </Link>
    ) },
    { key: 'due', head: t('claimDesk.due'), value: (row) => row.dueAt ?? '9', told: (row) => row.dueAt ?? '', cell: (row) => <Due at={row.dueAt ?? null} paused={row.status === 'INFO_REQUESTED'} /> },
    { key: 'status', head: t('claimDesk.status'), value: (row) => t(`claim.status.${row.status}`), cell: (row) => (
      <span className="inline-flex flex-wrap gap-1.5 max-sm:justify-end">
        <ClaimStatusBadge status={row.status} />
        {row.desk && row.desk !== desk && <Badge>{t(`desk.${row.desk}`)}</Badge>}
      </span>
    ) },
    { key: 'goods', head: t('claimDesk.goods'), value: (row) => `${t(`kind.${row.kind}`)} ${row.brand ?? ''}`.trim(), cell: (row) => (
      <span className="block lg:min-w-24">{t(`kind.${row.kind}`)}{row.brand && <span className="block text-xs text-muted">{row.brand}</span>}</span>
    ) },
    ...(tenant.kind === 'SITE' ? [] : [{ key: 'site', head: t('claimDesk.site'), wide: true, value: (row: QueueRow) => row.order.site.name, cell: (row: QueueRow) => <span className="block md:min-w-32">{row.order.site.name}</span> }]),
    { key: 'score', head: t('claimDesk.score'), wide: true, figures: true, value: (row) => row.triage?.score ?? -1, cell: (row) => (row.triage ? <Score value={row.triage.score} /> : '—') },
    { key: 'assignee', head: t('claimDesk.who'), wide: true, value: (row) => row.assignee?.displayName ?? '', cell: (row) => row.assignee?.displayName ?? <span className="text-muted">{t('claimDesk.nobody')}</span> },
    { key: 'opened', head: t('claimDesk.opened'), fileOnly: true, value: (row) => row.openedAt, cell: (row) => time(row.openedAt) },
  ]
  const filtered = ['status', 'kind', 'brand', 'assignee', 'due'].some((name) => said(name))
  return (
    <>
      <PageHead title={t('place.claims')} actions={<LineState line={line} />}>{t('claimDesk.lead')}</PageHead>
      <Filters desk={desk} />
      <DataTable caption={t('place.claims')} columns={columns} {...pages} rowKey={(row) => row.id} file="claims"
        empty={<EmptyState icon={<Inbox />} title={t(filtered ? 'claimDesk.none.filtered' : 'claimDesk.none')}>{t(filtered ? 'claimDesk.none.filtered.why' : 'claimDesk.none.why')}</EmptyState>} />
    </>
  )
}
