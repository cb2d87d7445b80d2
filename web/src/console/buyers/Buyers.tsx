import { useState, type FormEvent } from 'react'
import { Link } from 'wouter'
import { Search, UsersRound } from 'lucide-react'
import { graphql } from '@/gql'
import type { BuyersDeskQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { usePages } from '@/lib/pages.ts'
import { micros } from '@/lib/money.ts'
import { Button } from '@/ui/Button.tsx'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { TextField } from '@/ui/Field.tsx'
import { EmptyState, PageHead } from '@/ui/parts.tsx'
import { useAddress } from '../kit/address.ts'

const BuyersDocument = graphql(`
  query BuyersDesk($first: Int, $after: String, $email: String) {
    buyers(first: $first, after: $after, email: $email) {
      nodes { id displayName email wallet { id available { amount currency } held { amount currency } } }
      pageInfo { hasNextPage endCursor }
    }
  }
`)

type Buyer = NonNullable<BuyersDeskQuery['buyers']>['nodes'][number]

/** The site's own buyers. */
export default function Buyers() {
  const { t, money } = useWords()
  const { said, set } = useAddress()
  const email = said('email') ?? ''
  const [text, setText] = useState(email)
  const pages = usePages(BuyersDocument, { email: email || null }, (data: BuyersDeskQuery) => data.buyers)
  const find = (event: FormEvent) => {
    event.preventDefault()
    set({ email: text.trim() })
  }
  const columns: Column<Buyer>[] = [
    { key: 'name', head: t('buyers.name'), value: (buyer) => buyer.displayName, cell: (buyer) => (
      <Link href={`/buyers/${buyer.id}`} className="font-medium text-accent-ink underline underline-offset-4">{buyer.displayName}</Link>
    ) },
    { key: 'email', head: t('buyers.email'), value: (buyer) => buyer.email, cell: (buyer) => buyer.email },
    { key: 'wallet', head: t('money.available'), figures: true, value: (buyer) => micros(buyer.wallet.available.amount) ?? 0n, told: (buyer) => buyer.wallet.available.amount, cell: (buyer) => money(buyer.wallet.available) },
  ]
  return (
    <>
      <PageHead title={t('place.buyers')}>{t('buyers.lead')}</PageHead>
      <form onSubmit={find} className="mb-4 flex flex-wrap items-end gap-2">
        <div className="min-w-0 flex-1 basis-60"><TextField label={t('buyers.search')} type="search" value={text} onChange={(event) => setText(event.target.value)} autoComplete="off" /></div>
        <Button type="submit" icon={<Search className="size-4" aria-hidden />}>{t('buyers.find')}</Button>
        {email && <Button kind="quiet" onClick={() => { setText(''); set({ email: null }) }}>{t('buyers.all')}</Button>}
      </form>
      <DataTable caption={t('place.buyers')} columns={columns} {...pages} rowKey={(buyer) => buyer.id} file="buyers"
        empty={<EmptyState icon={<UsersRound />} title={email ? t('buyers.notFound') : t('buyers.none')}>{email ? t('buyers.notFound.why', { email }) : t('buyers.none.why')}</EmptyState>} />
    </>
  )
}
