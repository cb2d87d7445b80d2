import { graphql } from '@/gql'
import type { ReviewLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Stars } from '@/ui/parts.tsx'

export const ReviewLook = graphql(`
  fragment ReviewLook on Review {
    id title stars warrantyStars text postedAt
    reply { text at }
    removed { reason at }
  }
`)

/** What somebody who bought something says of it; a removed one leaves that it was there, and why it is not. */
export function ReviewItem({ review }: { review: ReviewLookFragment }) {
  const { t, time } = useWords()
  return (
    <li className="flex flex-col gap-1.5 py-3 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-center justify-between gap-2 text-xs text-muted">
        {review.stars ? <Stars value={review.stars} label={t('standing.of5', { value: review.stars })} /> : <span>{t('reviews.removed')}</span>}
        <time dateTime={review.postedAt}>{time(review.postedAt, 'date')}</time>
      </div>
      <p className="text-sm text-muted">{review.title}{review.warrantyStars && <> · {t('reviews.warranty', { value: review.warrantyStars })}</>}</p>
      {review.text && <p className="whitespace-pre-line">{review.text}</p>}
      {review.removed && <p className="text-sm text-muted">{t('reviews.removed.why', { reason: review.removed.reason })}</p>}
      {review.reply && (
        <div className="mt-1 rounded-md bg-sunken px-3 py-2 text-sm">
          <p className="text-xs text-muted">{t('reviews.reply')}</p>
          <p className="whitespace-pre-line">{review.reply.text}</p>
        </div>
      )}
    </li>
  )
}
