import { useState } from 'react'
import { useMutation } from 'urql'
import { CircleCheck, ShieldAlert } from 'lucide-react'
import { graphql } from '@/gql'
import { ClaimStatusBadge, claimOpen } from '@/features/claim/status.tsx'
import { troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button, ButtonLink } from '@/ui/Button.tsx'
import { Notice } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import type { ShownLine, ShownOrder } from './Lines.tsx'
import { Reveal } from './Reveal.tsx'

const ConfirmWorksDocument = graphql(`
  mutation ConfirmWorks($input: DeliveryTestConfirmInput!) {
    deliveryTestConfirm(input: $input) { delivery { id testedAt } errors { code message path } }
  }
`)

type Props = { order: ShownOrder; delivery: ShownLine['deliveries'][number]; refresh: () => void }

/** What a buyer can do with one unit: look at it, say that it works, claim. */
export function DeliveryActions({ order, delivery, refresh }: Props) {
  const { t } = useWords()
  const [{ fetching }, confirm] = useMutation(ConfirmWorksDocument)
  const [wrong, setWrong] = useState<string[]>([])
  const claims = order.claims.filter((claim) => claim.delivery.id === delivery.id)
  const open = claims.some((claim) => claimOpen(claim.status))
  const inWarranty = Date.parse(delivery.warrantyEndsAt) > Date.now()
  const works = async () => {
    const { data, error } = await confirm({ input: { deliveryId: delivery.id } })
    const said = troubles(t, error, data?.deliveryTestConfirm.errors)
    setWrong(said)
    if (said.length > 0) return
    toast(t('delivery.thanks'))
    refresh()
  }
  return (
    <>
      {(delivery.status === 'DELIVERED' || delivery.status === 'UNDER_CLAIM') && <Reveal deliveryId={delivery.id} seen={Boolean(delivery.revealedAt)} />}
      {wrong.map((one) => <Notice key={one} tone="bad">{one}</Notice>)}
      {claims.map((claim) => (
        <div key={claim.id} className="flex flex-wrap items-center justify-between gap-2 rounded-md bg-sunken px-3 py-2 text-sm">
          <span className="flex flex-wrap items-center gap-2">{t(`claim.reason.${claim.reason}`)} <ClaimStatusBadge status={claim.status} /></span>
          <ButtonLink size="sm" kind="quiet" href={`/claims/${claim.id}`}>{t('delivery.claim.look')}</ButtonLink>
        </div>
      ))}
      {delivery.status === 'DELIVERED' && (
        <div className="flex flex-wrap gap-2">
          {!delivery.testedAt && delivery.revealedAt && <Button size="sm" busy={fetching} icon={<CircleCheck className="size-4" aria-hidden />} onClick={() => void works()}>{t('delivery.works')}</Button>}
          {inWarranty && !open && <ButtonLink size="sm" href={`/orders/${order.id}/claim/${delivery.id}`} icon={<ShieldAlert className="size-4" aria-hidden />}>{t('delivery.claim')}</ButtonLink>}
        </div>
      )}
    </>
  )
}
