import { useMemo, useState, type FormEvent } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { useQuery } from 'urql'
import { PackageOpen, Search } from 'lucide-react'
import { graphql } from '@/gql'
import type { ProductKind, StorefrontHomeQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Badge, EmptyState, Skeleton } from '@/ui/parts.tsx'
import { Button } from '@/ui/Button.tsx'
import { cx } from '@/ui/classes.ts'
import { Failed } from '@/ui/states.tsx'

export const HomeDocument = graphql(`
  query StorefrontHome($where: ListingWhere, $after: String) {
    listings(first: 24, after: $after, where: $where) {
      nodes { id title kind inStock price { amount currency } warranty { durationSeconds } }
      pageInfo { endCursor hasNextPage }
    }
  }
`)

export const kinds: ProductKind[] = ['CARD', 'GIFT_CARD', 'TOP_UP', 'MEMBERSHIP', 'LICENCE', 'SERVICE']
type Row = NonNullable<StorefrontHomeQuery['listings']>['nodes'][number]

/** What the site sells: search, categories, and a page of goods after the other. */
export function Home() {
  const { t } = useWords()
  const [, go] = useLocation()
  const asked = new URLSearchParams(useSearch())
  const kind = kinds.find((one) => one === asked.get('kind')) ?? null
  const search = asked.get('q') ?? ''
  const [text, setText] = useState(search)
  const show = (next: { kind?: string | null; q?: string }) => {
    const params = new URLSearchParams()
    const [wantedKind, wantedText] = [next.kind === undefined ? kind : next.kind, next.q ?? search]
    if (wantedKind) params.set('kind', wantedKind)
    if (wantedText) params.set('q', wantedText)
    go(params.size ? `/?${params}` : '/')
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    show({ q: text.trim() })
  }
  const where = useMemo(() => (kind || search ? { kind, search: search || null } : null), [kind, search])
  return (
    <>
      <h1 className="sr-only">{t('home.title')}</h1>
      <form role="search" onSubmit={submit} className="mb-4 flex gap-2">
        <label className="relative flex-1">
          <span className="sr-only">{t('home.search')}</span>
          <Search className="pointer-events-none absolute top-3 left-3 size-5 text-muted" aria-hidden />
          <input type="search" value={text} maxLength={100} placeholder={t('home.search')} onChange={(event) => setText(event.target.value)}
            className="min-h-11 w-full rounded-md border border-line-strong bg-surface pr-3 pl-10" />
        </label>
        <Button type="submit">{t('home.find')}</Button>
      </form>
      <nav aria-label={t('home.kinds')} className="mb-5 flex gap-2 overflow-x-auto pb-1">
        {[null, ...kinds].map((one) => (
          <button key={one ?? 'all'} type="button" aria-pressed={one === kind} onClick={() => show({ kind: one })}
            className={cx('min-h-11 shrink-0 rounded-full border px-4 text-sm', one === kind ? 'border-accent bg-accent text-on-accent' : 'border-line-strong bg-surface hover:bg-sunken')}>
            {one ? t(`kind.${one}`) : t('home.all')}
          </button>
        ))}
      </nav>
      <Goods key={`${kind}:${search}`} where={where} />
    </>
  )
}

function Goods({ where }: { where: { kind: ProductKind | null; search: string | null } | null }) {
  const { t } = useWords()
  const [pages, setPages] = useState<(string | null)[]>([null])
  return (
    <>
      <ul className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4">
        {pages.map((after, index) => (
          <Page key={after ?? ''} where={where} after={after} last={index === pages.length - 1}
            more={(cursor) => setPages((all) => [...all, cursor])} empty={t('home.nothing')} />
        ))}
      </ul>
    </>
  )
}

function Page({ where, after, last, more, empty }: {
  where: { kind: ProductKind | null; search: string | null } | null; after: string | null; last: boolean
  more: (cursor: string) => void; empty: string
}) {
  const { t } = useWords()
  const [{ data, error, fetching }, again] = useQuery({ query: HomeDocument, variables: { where, after } })
  if (error && !data) return <li className="col-span-full"><Failed error={error} retry={() => again({ requestPolicy: 'network-only' })} /></li>
  if (fetching && !data) return Array.from({ length: 8 }, (_, index) => <li key={index}><Skeleton className="h-36" /></li>)
  const page = data?.listings
  if (!after && page?.nodes.length === 0) {
    return <li className="col-span-full"><EmptyState icon={<PackageOpen />} title={empty}>{t('home.nothing.why')}</EmptyState></li>
  }
  const cursor = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  return (
    <>
      {page?.nodes.map((row) => <Tile key={row.id} row={row} />)}
      {last && cursor && (
        <li className="col-span-full flex justify-center pt-3"><Button onClick={() => more(cursor)}>{t('home.more')}</Button></li>
      )}
    </>
  )
}

/** One good. The server's shell draws the same before any script has run: see `src/http/web/shell.rs`. */
function Tile({ row }: { row: Row }) {
  const { t, money, span } = useWords()
  return (
    <li>
      <Link href={`/p/${row.id}`} className="flex h-full min-h-36 flex-col gap-2 rounded-lg border border-line bg-surface p-4 shadow-raised hover:border-accent">
        <span className="text-xs text-muted">{t(`kind.${row.kind}`)}</span>
        <span className="line-clamp-2 font-medium">{row.title}</span>
        <span className="mt-auto flex flex-wrap items-end justify-between gap-1">
          <span className="text-lg font-semibold tabular-nums">{money(row.price)}</span>
          {!row.inStock && <Badge tone="neutral">{t('stock.NONE')}</Badge>}
        </span>
        <span className="text-xs text-muted">{t('home.warranty', { span: span(row.warranty.durationSeconds) })}</span>
      </Link>
    </li>
  )
}
