import { MessageSquareQuote } from 'lucide-react'
import { graphql } from '@/gql'
import type { DeskReviewsQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { usePages } from '@/lib/pages.ts'
import { More } from '@/ui/More.tsx'
import { EmptyState, Skeleton } from '@/ui/parts.tsx'
import { Failed } from '@/ui/states.tsx'
import { useTenantEvents } from '../kit/events.ts'
import { Panel } from '../kit/Panel.tsx'
import { ReviewCard } from './ReviewCard.tsx'

const ReviewsDocument = graphql(`
  query DeskReviews($id: ID!, $first: Int, $after: String) {
    node(id: $id) {
      __typename
      ... on Tenant {
        id
        reviews(first: $first, after: $after) {
          nodes { id postedAt stars warrantyStars text title removed { at reason } reply { at text version } }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  }
`)

/** What buyers say, the newest first. */
export function ReviewList({ id, mine }: { id: string; mine: boolean }) {
  const { t } = useWords()
  const pick = (data: DeskReviewsQuery) => (data.node?.__typename === 'Tenant' ? data.node.reviews : null)
  const { rows, loading, error, more, retry, reload } = usePages(ReviewsDocument, { id }, pick)
  useTenantEvents(['REVIEW_POSTED', 'REVIEW_REPLIED', 'REVIEW_MODERATED'], reload)
  return (
    <Panel title={t('ratings.all')}>
      {error && rows.length === 0 ? <Failed error={error} retry={retry} /> : (
        <div className="flex flex-col gap-4">
          {!loading && rows.length === 0 && <EmptyState icon={<MessageSquareQuote />} title={t('ratings.none')}>{t('ratings.none.why')}</EmptyState>}
          <ul className="flex flex-col divide-y divide-line">
            {rows.map((review) => <ReviewCard key={review.id} review={review} mine={mine} onDone={reload} />)}
          </ul>
          {loading && <Skeleton className="h-24" />}
          <More more={more} loading={loading} error={error} retry={retry} />
        </div>
      )}
    </Panel>
  )
}
