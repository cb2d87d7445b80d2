import { useQuery } from 'urql'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { ButtonLink } from '@/ui/Button.tsx'
import { Badge, Card } from '@/ui/parts.tsx'
import { Failed, Missing, Waiting } from '@/ui/states.tsx'

export const ProductDocument = graphql(`
  query StorefrontProduct($id: ID!, $language: Language!) {
    listing(id: $id) {
      id title kind inStock
      price { amount currency }
      fields { name label required maxLength }
      warranty { version durationSeconds remedies coveredReasons excludedReasons answerWithinSeconds decisionWithinSeconds replacementLimit text(language: $language) }
    }
  }
`)

/** One good: its price, whether it is there, and what its warranty promises. */
export function Product({ id }: { id: string }) {
  const { t, money, language } = useWords()
  const [{ data, error, fetching }, again] = useQuery({ query: ProductDocument, variables: { id, language: language === 'en' ? 'EN' : 'ZH' } })
  if (error && !data) return <Failed error={error} retry={() => again({ requestPolicy: 'network-only' })} />
  if (fetching && !data) return <Waiting />
  const listing = data?.listing
  if (!listing) return <Missing />
  return (
    <article className="grid gap-5 md:grid-cols-[1fr_20rem]">
      <div className="flex flex-col gap-3">
        <p className="text-sm text-muted">{t(`kind.${listing.kind}`)}</p>
        <h1 className="text-2xl font-semibold">{listing.title}</h1>
        <Card aria-label={t('product.warranty')}>
          <h2 className="mb-2 text-lg font-semibold">{t('product.warranty')}</h2>
          <p className="whitespace-pre-line">{listing.warranty.text}</p>
        </Card>
      </div>
      <Card className="flex h-fit flex-col gap-4">
        <p className="text-3xl font-semibold tabular-nums">{money(listing.price)}</p>
        <Badge tone={listing.inStock ? 'good' : 'neutral'}>{t(listing.inStock ? 'stock.PLENTY' : 'stock.NONE')}</Badge>
        {listing.inStock && <ButtonLink kind="primary" wide href={`/buy/${listing.id}`}>{t('product.buy')}</ButtonLink>}
      </Card>
    </article>
  )
}
