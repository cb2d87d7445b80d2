import { useState } from 'react'
import { useQuery } from 'urql'
import { MessageSquareQuote } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Card, EmptyState, Skeleton } from '@/ui/parts.tsx'
import { Failed } from '@/ui/states.tsx'
import { Page } from '../page.tsx'
import { ReviewItem } from './ReviewItem.tsx'

const ReviewsDocument = graphql(`
  query SiteReviews($after: String) {
    storefront { id reviews(first: 20, after: $after) { nodes { ...ReviewLook } pageInfo { endCursor hasNextPage } } }
  }
`)

/** What everybody who bought here says. */
export default function Reviews() {
  const { t } = useWords()
  const [pages, setPages] = useState<string[]>([''])
  return (
    <div className="mx-auto max-w-2xl">
      <Page title={t('reviews.title')}>
        <Card as="div">
          <ul className="flex flex-col divide-y divide-line">
            {pages.map((after, index) => (
              <Part key={after} after={after} last={index === pages.length - 1} more={(cursor) => setPages((all) => [...all, cursor])} />
            ))}
          </ul>
        </Card>
      </Page>
    </div>
  )
}

function Part({ after, last, more }: { after: string; last: boolean; more: (cursor: string) => void }) {
  const { t } = useWords()
  const [{ data, error }, again] = useQuery({ query: ReviewsDocument, variables: after ? { after } : {} })
  if (error && !data) return <li><Failed error={error} retry={() => again({ requestPolicy: 'network-only' })} /></li>
  if (!data) return Array.from({ length: 3 }, (_, index) => <li key={index} className="py-3"><Skeleton className="h-16" /></li>)
  const page = data.storefront.reviews
  if (!after && !page?.nodes.length) return <li><EmptyState icon={<MessageSquareQuote />} title={t('reviews.none')} /></li>
  const cursor = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  return (
    <>
      {page?.nodes.map((review) => <ReviewItem key={review.id} review={review} />)}
      {last && cursor && <li className="flex justify-center pt-4"><Button onClick={() => more(cursor)}>{t('word.more')}</Button></li>}
    </>
  )
}
