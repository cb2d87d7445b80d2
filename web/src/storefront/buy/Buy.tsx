import { useQuery } from 'urql'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { useSigned } from '@/lib/session.ts'
import { ButtonLink } from '@/ui/Button.tsx'
import { EmptyState } from '@/ui/parts.tsx'
import { Failed, Waiting } from '@/ui/states.tsx'
import { PackageX } from 'lucide-react'
import { Gone } from '../Gone.tsx'
import { Page } from '../page.tsx'
import { session } from '../shop.ts'
import { Checkout } from './Checkout.tsx'

const CheckoutGoodDocument = graphql(`
  query CheckoutGood($id: ID!, $language: Language!) {
    listing(id: $id) {
      id title kind stockHint
      price { amount currency }
      fields { name label required maxLength }
      plans { id title days price { amount currency } remedies }
      warranty { ...TermsLook text(language: $language) }
    }
    viewer { user { id } wallet { id available { amount currency } } }
  }
`)

/** Buying one good, on one page. Anew for each who signs in: what another has and said is not shown meanwhile. */
export default function Buy({ id }: { id: string }) {
  const token = useSigned(session)?.token
  return <Found id={id} signed={token !== undefined} key={token ?? ''} />
}

function Found({ id, signed }: { id: string; signed: boolean }) {
  const { t, language } = useWords()
  const [{ data, error, fetching }, again] = useQuery({
    query: CheckoutGoodDocument, variables: { id, language: language === 'en' ? 'EN' : 'ZH' }, requestPolicy: 'cache-and-network',
  })
  if (error && (!data?.listing || (signed && !data.viewer))) return <Failed error={error} retry={() => again({ requestPolicy: 'network-only' })} />
  if (fetching && !data) return <Waiting />
  const listing = data?.listing
  if (!listing) return <Page title={t('state.missing')} hidden><Gone /></Page>
  if (listing.stockHint === 'NONE') {
    return (
      <Page title={t('buy.title')} hidden>
        <EmptyState icon={<PackageX />} title={t('stock.NONE')} action={<ButtonLink kind="primary" href={`/?kind=${listing.kind}&stock=1`}>{t('buy.others')}</ButtonLink>}>
          {t('buy.none', { title: listing.title })}
        </EmptyState>
      </Page>
    )
  }
  return <Checkout listing={listing} user={data?.viewer?.user?.id ?? null} wallet={data?.viewer?.wallet ?? null} again={() => again({ requestPolicy: 'network-only' })} />
}
