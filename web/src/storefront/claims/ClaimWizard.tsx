import { useQuery } from 'urql'
import { Link } from 'wouter'
import { ShieldOff } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { claimOpen } from '@/features/claim/status.tsx'
import { ButtonLink } from '@/ui/Button.tsx'
import { EmptyState } from '@/ui/parts.tsx'
import { Failed, Missing, Waiting } from '@/ui/states.tsx'
import { SignInFirst } from '../account/SignInFirst.tsx'
import { Page } from '../page.tsx'
import { Steps } from './Steps.tsx'

const ClaimableDocument = graphql(`
  query Claimable($order: ID!) {
    order(id: $order) {
      id number
      lines {
        id title kind brand
        warranty { ...TermsLook }
        deliveries { id status warrantyEndsAt }
      }
      claims { id status delivery { id } }
    }
  }
`)

/** A claim, begun on one unit of an order. */
export default function ClaimWizard({ orderId, deliveryId }: { orderId: string; deliveryId: string }) {
  const { t } = useWords()
  return <SignInFirst title={t('wizard.title')}><Found orderId={orderId} deliveryId={deliveryId} /></SignInFirst>
}

function Found({ orderId, deliveryId }: { orderId: string; deliveryId: string }) {
  const { t, time } = useWords()
  const [{ data, error, fetching }, again] = useQuery({ query: ClaimableDocument, variables: { order: orderId } })
  if (error && !data?.order) return <Failed error={error} retry={() => again({ requestPolicy: 'network-only' })} />
  if (fetching && !data) return <Waiting />
  const order = data?.order
  const line = order?.lines.find((one) => one.deliveries.some(({ id }) => id === deliveryId))
  const delivery = line?.deliveries.find(({ id }) => id === deliveryId)
  if (!order || !line || !delivery) return <Page title={t('state.missing')} hidden><Missing /></Page>
  const open = order.claims.find((claim) => claim.delivery.id === deliveryId && claimOpen(claim.status))
  if (open) {
    return (
      <Page title={t('wizard.title')} hidden>
        <EmptyState icon={<ShieldOff />} title={t('error.CLAIM_ALREADY_OPEN')} action={<ButtonLink kind="primary" href={`/claims/${open.id}`}>{t('delivery.claim.look')}</ButtonLink>} />
      </Page>
    )
  }
  if (Date.parse(delivery.warrantyEndsAt) < Date.now()) {
    return (
      <Page title={t('wizard.title')} hidden>
        <EmptyState icon={<ShieldOff />} title={t('error.OUT_OF_WARRANTY')} action={<ButtonLink href={`/orders/${order.id}`}>{t('wizard.order', { number: order.number })}</ButtonLink>}>
          {t('delivery.warranty.over', { at: time(delivery.warrantyEndsAt) })}
        </EmptyState>
      </Page>
    )
  }
  return (
    <Page title={t('wizard.title')} eyebrow={<Link className="text-accent-ink underline underline-offset-4" href={`/orders/${order.id}`}>{t('wizard.order', { number: order.number })}</Link>} lead={line.title}>
      <Steps line={line} deliveryId={deliveryId} />
    </Page>
  )
}
