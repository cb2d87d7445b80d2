import { useState } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { ArrowDownLeft, ArrowUpRight, Coins } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { micros } from '@/lib/money.ts'
import { Button } from '@/ui/Button.tsx'
import { cx } from '@/ui/classes.ts'
import { Card, EmptyState, Skeleton } from '@/ui/parts.tsx'
import { Failed, Waiting } from '@/ui/states.tsx'
import { Page } from '../page.tsx'
import { useSite } from '../site.tsx'
import { SignInFirst } from './SignInFirst.tsx'

const WalletPageDocument = graphql(`
  query WalletPage {
    viewer { user { id } wallet { id available { amount currency } held { amount currency } } }
  }
`)
const WalletEntriesDocument = graphql(`
  query WalletEntries($after: String) {
    viewer {
      user { id }
      wallet {
        id
        entries(first: 20, after: $after) {
          nodes { id at kind held reference amount { amount currency } order { id number } claim { id } }
          pageInfo { endCursor hasNextPage }
        }
      }
    }
  }
`)

/** What is in the buyer's wallet, and what went in and out. */
export default function Wallet() {
  const { t } = useWords()
  return <SignInFirst title={t('wallet.title')}><Shown /></SignInFirst>
}

function Shown() {
  const { t, money } = useWords()
  const contact = useSite()?.settings.contact
  const [{ data, error }, again] = useQuery({ query: WalletPageDocument, requestPolicy: 'cache-and-network' })
  const [pages, setPages] = useState<string[]>([''])
  if (error && !data) return <Failed error={error} retry={() => again({ requestPolicy: 'network-only' })} />
  if (!data) return <Waiting />
  const wallet = data.viewer?.wallet
  return (
    <Page title={t('wallet.title')}>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 md:grid-cols-[20rem_minmax(0,1fr)]">
        <Card as="div" className="flex flex-col gap-2">
          <p className="text-sm text-muted">{t('wallet.available')}</p>
          <p className="text-3xl font-semibold tabular-nums">{wallet ? money(wallet.available) : '–'}</p>
          {wallet && micros(wallet.held.amount) !== 0n && <p className="text-sm text-muted">{t('wallet.held', { held: money(wallet.held) })}</p>}
          <p className="mt-2 border-t border-line pt-3 text-sm text-muted">{contact ? t('wallet.topUp.contact', { contact }) : t('wallet.topUp')}</p>
        </Card>
        <Card aria-labelledby="history">
          <h2 id="history" className="mb-2 text-lg font-semibold">{t('wallet.history')}</h2>
          <ul className="flex flex-col divide-y divide-line">
            {pages.map((after, index) => (
              <Entries key={after} after={after} last={index === pages.length - 1} more={(cursor) => setPages((all) => [...all, cursor])} />
            ))}
          </ul>
        </Card>
      </div>
    </Page>
  )
}

function Entries({ after, last, more }: { after: string; last: boolean; more: (cursor: string) => void }) {
  const { t, money, time } = useWords()
  const [{ data, error }, again] = useQuery({ query: WalletEntriesDocument, variables: after ? { after } : {}, requestPolicy: 'cache-and-network' })
  const page = data?.viewer?.wallet?.entries
  if (error && !page) return <li><Failed error={error} retry={() => again({ requestPolicy: 'network-only' })} /></li>
  if (!data) return Array.from({ length: 4 }, (_, index) => <li key={index} className="py-3"><Skeleton className="h-9" /></li>)
  if (!after && !page?.nodes.length) return <li><EmptyState icon={<Coins />} title={t('wallet.none')}>{t('wallet.none.why')}</EmptyState></li>
  const cursor = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  return (
    <>
      {page?.nodes.map((entry) => {
        const incoming = (micros(entry.amount.amount) ?? 0n) > 0n
        const link = 'text-accent-ink underline underline-offset-4'
        return (
          <li key={entry.id} className="flex items-center gap-3 py-3">
            <span aria-hidden className={cx('grid size-9 shrink-0 place-items-center rounded-full', incoming ? 'bg-good-soft text-good' : 'bg-sunken text-muted')}>
              {incoming ? <ArrowDownLeft className="size-4" /> : <ArrowUpRight className="size-4" />}
            </span>
            <div className="min-w-0 flex-1">
              <p className="font-medium">{t(`wallet.kind.${entry.kind}`)}</p>
              <p className="text-xs text-muted">
                {time(entry.at)}
                {entry.order && <> · <Link className={link} href={`/orders/${entry.order.id}`}>{entry.order.number}</Link></>}
                {entry.claim && <> · <Link className={link} href={`/claims/${entry.claim.id}`}>{t('claim.title')}</Link></>}
                {entry.reference && <> · {entry.reference}</>}
              </p>
            </div>
            <p className={cx('shrink-0 font-medium tabular-nums', incoming && 'text-good')}>{incoming && '+'}{money(entry.amount)}</p>
          </li>
        )
      })}
      {last && cursor && <li className="flex justify-center pt-4"><Button onClick={() => more(cursor)}>{t('word.more')}</Button></li>}
    </>
  )
}
