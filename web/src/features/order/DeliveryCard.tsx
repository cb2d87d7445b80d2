import type { ReactNode } from 'react'
import { ShieldCheck, ShieldOff } from 'lucide-react'
import { graphql } from '@/gql'
import type { DeliveryLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { useNow } from '@/lib/time.ts'
import { cx } from '@/ui/classes.ts'
import { DeliveryBadge } from './status.tsx'

export const DeliveryLook = graphql(`
  fragment DeliveryLook on Delivery {
    id status deliveredAt revealedAt testedAt warrantyEndsAt
    replacedBy { id }
  }
`)

/** One unit: where it stands, how long its warranty still runs, and what can be done with it (the children). */
export function DeliveryCard({ delivery, name, of, children }: { delivery: DeliveryLookFragment; name: string; of?: string; children?: ReactNode }) {
  const { t, time } = useWords()
  return (
    <section aria-label={of ? `${of}: ${name}` : name} className="flex flex-col gap-3 rounded-md border border-line bg-surface p-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-sm font-medium">{name}</h3>
        <DeliveryBadge status={delivery.status} />
      </div>
      <p className="text-xs text-muted">
        {t('delivery.at', { at: time(delivery.deliveredAt) })}
        {delivery.testedAt && <> · {t('delivery.tested', { at: time(delivery.testedAt) })}</>}
      </p>
      {(delivery.status === 'DELIVERED' || delivery.status === 'UNDER_CLAIM') && <WarrantyCountdown until={delivery.warrantyEndsAt} from={delivery.deliveredAt} />}
      {children}
    </section>
  )
}

/** How long a warranty still runs, in words and as what is left of a line. */
export function WarrantyCountdown({ until, from }: { until: string; from: string }) {
  const { t, span, time } = useWords()
  const [end, begin, now] = [Date.parse(until), Date.parse(from), useNow(1000)]
  const left = Math.max(0, end - now)
  const share = end > begin ? Math.min(1, left / (end - begin)) : 0
  return (
    <div className="flex flex-col gap-1.5">
      <p className={cx('flex items-center gap-2 text-sm', left === 0 && 'text-muted')}>
        {left > 0 ? <ShieldCheck className="size-4 shrink-0 text-good" aria-hidden /> : <ShieldOff className="size-4 shrink-0" aria-hidden />}
        <span className="tabular-nums">{left > 0 ? t('delivery.warranty.left', { span: span(left / 1000) }) : t('delivery.warranty.over', { at: time(until) })}</span>
      </p>
      {left > 0 && (
        <svg className="block h-1 w-full overflow-hidden rounded-full bg-sunken" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden>
          <rect className={share < 0.1 ? 'fill-warn' : 'fill-good'} width={share * 100} height="1" />
        </svg>
      )}
    </div>
  )
}
