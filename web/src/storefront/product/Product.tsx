import { Link } from 'wouter'
import { useQuery } from 'urql'
import { graphql } from '@/gql'
import type { StorefrontProductQuery } from '@/gql/graphql'
import { StandingPanel } from '@/features/standing/StandingPanel.tsx'
import { TermsSummary } from '@/features/warranty/TermsSummary.tsx'
import { useArrival } from '@/lib/arrival.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { initial } from '@/lib/text.ts'
import { Card } from '@/ui/parts.tsx'
import { Disclosure } from '@/ui/Disclosure.tsx'
import { Failed, Waiting } from '@/ui/states.tsx'
import { Gone } from '../Gone.tsx'
import { BuyCard } from './BuyCard.tsx'
import { Qualifications } from './Qualifications.tsx'
import { ReviewItem } from './ReviewItem.tsx'

export const ProductDocument = graphql(`
  query StorefrontProduct($id: ID!, $language: Language!) {
    listing(id: $id) {
      id title kind brand description inStock stockHint
      price { amount currency }
      fields { name label required maxLength }
      plans { id title days price { amount currency } }
      qualifications { ...QualificationLook }
      warranty { ...TermsLook text(language: $language) }
    }
    storefront {
      id
      standing { ...StandingLook }
      reviews(first: 3) { nodes { ...ReviewLook } pageInfo { hasNextPage } }
    }
  }
`)

/** One good: its price, whether it is there, what its warranty promises, and whom one would be dealing with. */
export function Product({ id }: { id: string }) {
  const { language } = useWords()
  const [{ data, error, fetching }, again] = useQuery({ query: ProductDocument, variables: { id, language: language === 'en' ? 'EN' : 'ZH' } })
  if (error && !data?.listing) return <Failed error={error} retry={() => again({ requestPolicy: 'network-only' })} />
  if (fetching && !data) return <Waiting />
  const listing = data?.listing
  if (!listing) return <Gone />
  return <Shown listing={listing} site={data.storefront} />
}

function Shown({ listing, site: { standing, reviews } }: { listing: NonNullable<StorefrontProductQuery['listing']>; site: StorefrontProductQuery['storefront'] }) {
  const { t } = useWords()
  const heading = useArrival(listing.title)
  const link = 'text-accent-ink underline underline-offset-4'
  return (
    <article className="grid grid-cols-[minmax(0,1fr)] gap-5 md:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex items-start gap-4 md:col-start-1">
        <span className="monogram size-14 text-2xl sm:size-16" data-kind={listing.kind} aria-hidden="true">{initial(listing.title)}</span>
        <div className="min-w-0">
          <p className="text-sm text-muted">{t(`kind.${listing.kind}`)}{listing.brand && <> · <Link className={link} href={`/?brand=${encodeURIComponent(listing.brand)}`}>{listing.brand}</Link></>}</p>
          <h1 ref={heading} tabIndex={-1} className="mt-1 text-2xl font-semibold outline-none">{listing.title}</h1>
        </div>
      </div>
      <div className="md:col-start-2 md:row-span-3 md:row-start-1"><BuyCard listing={listing} /></div>
      <div className="flex flex-col gap-5 md:col-start-1">
        {listing.description && <p className="whitespace-pre-line">{listing.description}</p>}
        <Card aria-labelledby="warranty">
          <h2 id="warranty" className="mb-4 text-lg font-semibold">{t('product.warranty')}</h2>
          <TermsSummary terms={listing.warranty} />
          <Disclosure className="mt-4" title={t('product.warranty.full')}>
            <p className="text-sm whitespace-pre-line">{listing.warranty.text}</p>
            <p className="mt-2 text-xs text-muted">{t('product.warranty.version', { version: listing.warranty.version.slice(0, 8) })}</p>
          </Disclosure>
        </Card>
        {listing.qualifications.length > 0 && (
          <Card aria-labelledby="qualifications">
            <h2 id="qualifications" className="mb-3 text-lg font-semibold">{t('product.qualifications')}</h2>
            <Qualifications of={listing.qualifications} />
          </Card>
        )}
        {standing && (
          <Card aria-labelledby="standing">
            <h2 id="standing" className="mb-3 text-lg font-semibold">{t('product.standing')}</h2>
            <StandingPanel standing={standing} />
          </Card>
        )}
        <Card aria-labelledby="reviews">
          <h2 id="reviews" className="mb-3 text-lg font-semibold">{t('reviews.title')}</h2>
          {reviews && reviews.nodes.length > 0 ? (
            <ul className="flex flex-col divide-y divide-line">{reviews.nodes.map((review) => <ReviewItem key={review.id} review={review} />)}</ul>
          ) : (
            <p className="text-sm text-muted">{t('reviews.none')}</p>
          )}
          {reviews?.pageInfo.hasNextPage && <p className="mt-3"><Link className={link} href="/reviews">{t('reviews.all')}</Link></p>}
        </Card>
      </div>
    </article>
  )
}
