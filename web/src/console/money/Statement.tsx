import { Link } from 'wouter'
import { ReceiptText } from 'lucide-react'
import { graphql } from '@/gql'
import type { StatementQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { usePages } from '@/lib/pages.ts'
import { micros } from '@/lib/money.ts'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { Badge, EmptyState } from '@/ui/parts.tsx'
import { useAgain } from '../kit/again.ts'
import { Signed } from './Signed.tsx'

const StatementDocument = graphql(`
  query Statement($first: Int, $after: String) {
    wallet {
      id
      entries(first: $first, after: $after) {
        nodes { id at kind amount { amount currency } held reference order { id number } claim { id } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`)

type Entry = NonNullable<NonNullable<StatementQuery['wallet']>['entries']>['nodes'][number]

/** Every movement of the tenant's wallet, the newest first. `moved` counts what is known to have happened since. */
export function Statement({ moved }: { moved: number }) {
  const { t, time } = useWords()
  const pages = usePages(StatementDocument, {}, (data: StatementQuery) => data.wallet?.entries)
  useAgain(moved, pages.reload)
  const columns: Column<Entry>[] = [
    { key: 'at', head: t('money.at'), value: (entry) => entry.at, cell: (entry) => <time dateTime={entry.at}>{time(entry.at)}</time> },
    { key: 'kind', head: t('money.kind'), value: (entry) => t(`money.kind.${entry.kind}`), cell: (entry) => (
      <span className="inline-flex flex-wrap gap-1.5">
        <Badge>{t(`money.kind.${entry.kind}`)}</Badge>
        {entry.held && <Badge tone="warn">{t('money.isHeld')}</Badge>}
      </span>
    ) },
    { key: 'about', head: t('money.about'), value: (entry) => entry.order?.number ?? entry.reference ?? '', cell: (entry) => <About entry={entry} /> },
    { key: 'amount', head: t('money.amount'), figures: true, value: (entry) => micros(entry.amount.amount) ?? 0n, told: (entry) => entry.amount.amount, cell: (entry) => <Signed money={entry.amount} /> },
  ]
  return (
    <DataTable caption={t('money.statement')} columns={columns} {...pages} rowKey={(entry) => entry.id} file="statement"
      empty={<EmptyState icon={<ReceiptText />} title={t('money.statement.none')}>{t('money.statement.none.why')}</EmptyState>} />
  )
}

function About({ entry }: { entry: Entry }) {
  const { t } = useWords()
  return (
    <span className="inline-flex flex-wrap gap-x-3">
      {entry.order && <Link href={`/orders/${entry.order.id}`} className="inline-flex min-h-6 items-center text-accent-ink underline underline-offset-4">{entry.order.number}</Link>}
      {entry.claim && <Link href={`/claims/${entry.claim.id}`} className="inline-flex min-h-6 items-center text-accent-ink underline underline-offset-4">{t('money.claim')}</Link>}
      {entry.reference && <span>{entry.reference}</span>}
      {!entry.order && !entry.claim && !entry.reference && <span className="text-muted">—</span>}
    </span>
  )
}
