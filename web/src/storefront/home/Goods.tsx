import { useEffect, useState } from 'react'
import { useQuery } from 'urql'
import { SearchX, Store } from 'lucide-react'
import { graphql } from '@/gql'
import type { ListingOrder, ListingWhere } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button, ButtonLink } from '@/ui/Button.tsx'
import { EmptyState, Skeleton } from '@/ui/parts.tsx'
import { Failed } from '@/ui/states.tsx'
import { useSite } from '../site.tsx'
import { Tile } from './Tile.tsx'

export const HomeDocument = graphql(`
  query StorefrontHome($where: ListingWhere, $orderBy: ListingOrder, $after: String) {
    listings(first: 24, after: $after, where: $where, orderBy: $orderBy) {
      nodes { id title kind brand inStock stockHint price { amount currency } warranty { durationSeconds } }
      pageInfo { endCursor hasNextPage }
    }
  }
`)

export type Asked = { where?: ListingWhere; orderBy?: ListingOrder }

/** A page of goods after the other. */
export function Goods({ asked, onBrands }: { asked: Asked; onBrands: (brands: string[]) => void }) {
  const [pages, setPages] = useState<string[]>([''])
  return (
    <ul className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4">
      {pages.map((after, index) => (
        <Part key={after} asked={asked} after={after} last={index === pages.length - 1} onBrands={onBrands}
          more={(cursor) => setPages((all) => [...all, cursor])} />
      ))}
    </ul>
  )
}

function Part({ asked, after, last, more, onBrands }: {
  asked: Asked; after: string; last: boolean; more: (cursor: string) => void; onBrands: (brands: string[]) => void
}) {
  const { t } = useWords()
  const site = useSite()
  const closed = site !== null && site.status !== 'ACTIVE'
  const [{ data, error, fetching }, again] = useQuery({ query: HomeDocument, variables: after ? { ...asked, after } : asked })
  const page = data?.listings
  useEffect(() => {
    if (page) onBrands(page.nodes.flatMap((row) => row.brand ?? []))
  }, [page, onBrands])
  if (error && !page) return <li className="col-span-full"><Failed error={error} retry={() => again({ requestPolicy: 'network-only' })} /></li>
  if (fetching && !page) return Array.from({ length: 8 }, (_, index) => <li key={index}><Skeleton className="h-52" /></li>)
  if (!after && page?.nodes.length === 0) {
    const narrowed = Boolean(asked.where)
    if (closed) return <li className="col-span-full"><EmptyState icon={<Store />} title={t('frame.closed')}>{t('frame.suspended')}</EmptyState></li>
    return (
      <li className="col-span-full">
        <EmptyState icon={<SearchX />} title={t(narrowed ? 'home.nothing' : 'home.empty')} action={narrowed && <ButtonLink href="/">{t('home.reset')}</ButtonLink>}>
          {t(narrowed ? 'home.nothing.why' : 'home.empty.why')}
        </EmptyState>
      </li>
    )
  }
  const cursor = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  return (
    <>
      {page?.nodes.map((row) => <Tile key={row.id} row={row} />)}
      {last && cursor && (
        <li className="col-span-full flex justify-center pt-3"><Button onClick={() => more(cursor)}>{t('word.more')}</Button></li>
      )}
    </>
  )
}
