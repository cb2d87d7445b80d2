import { AlertTriangle, Banknote, CircleCheck, CircleDot, MessageSquare, PackageCheck, ShieldQuestion, ShoppingBag, Star, Store, Undo2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { EventType } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { cx } from '@/ui/classes.ts'
import type { Happened } from './events.ts'

type Look = { icon: ReactNode; tone: string }
const look = (icon: ReactNode, tone: string): Look => ({ icon, tone })

/** What an event looks like before it is read. */
function lookOf(type: EventType): Look {
  if (type === 'ORDER_PLACED') return look(<ShoppingBag />, 'bg-accent-soft text-accent-ink')
  if (type === 'DELIVERY_MADE') return look(<PackageCheck />, 'bg-good-soft text-good')
  if (type === 'DELIVERY_TESTED') return look(<CircleCheck />, 'bg-good-soft text-good')
  if (type === 'WARRANTY_CLAIM_MESSAGE' || type === 'WARRANTY_CLAIM_READ') return look(<MessageSquare />, 'bg-info-soft text-info')
  if (type.startsWith('WARRANTY_') || type === 'EVIDENCE_ADDED') return look(<ShieldQuestion />, 'bg-info-soft text-info')
  if (type.startsWith('REVIEW_')) return look(<Star />, 'bg-warn-soft text-warn')
  if (type === 'WALLET_CHANGED') return look(<Banknote />, 'bg-sunken text-ink')
  if (type === 'RECALL_CHANGED') return look(<Undo2 />, 'bg-bad-soft text-bad')
  if (type === 'STOCK_LOW' || type === 'CARD_QUARANTINED' || type === 'SALES_PAUSED') return look(<AlertTriangle />, 'bg-warn-soft text-warn')
  if (type === 'TENANT_STATUS_CHANGED') return look(<Store />, 'bg-sunken text-ink')
  return look(<CircleDot />, 'bg-sunken text-ink')
}

/** Where more about it is to be seen. */
function linkOf({ subject, type, subjectId }: Happened): string | null {
  if (type === 'RECALL_CHANGED' && subjectId) return `/recalls/${subjectId}`
  if (subject?.__typename === 'Order') return `/orders/${subject.id}`
  if (subject?.__typename === 'WarrantyClaim') return `/claims/${subject.id}`
  return null
}

/** One fact of the log in words. */
export function EventRow({ event }: { event: Happened }) {
  const { t, time, money } = useWords()
  if (!event.type) return null
  const { icon, tone } = lookOf(event.type)
  const { subject } = event
  const about =
    subject?.__typename === 'Order' ? `${subject.number} · ${money(subject.total)}`
    : subject?.__typename === 'WarrantyClaim' ? subject.order.number
    : subject?.__typename === 'Tenant' ? subject.name
    : subject?.__typename === 'Variant' ? subject.title
    : ''
  const status = event.type === 'ORDER_STATUS_CHANGED' && event.orderStatus ? t(`happened.order.${event.orderStatus}`)
    : event.type === 'WARRANTY_CLAIM_CHANGED' && event.claimStatus ? t(`happened.claim.${event.claimStatus}`)
    : t(`happened.${event.type}`)
  const href = linkOf(event)
  return (
    <li className="flex gap-3 py-2.5">
      <span aria-hidden className={cx('grid size-8 shrink-0 place-items-center rounded-full [&>svg]:size-4', tone)}>{icon}</span>
      <div className="min-w-0 flex-1 text-sm">
        <p>{href ? <Link href={href} className="font-medium hover:underline">{status}</Link> : <span className="font-medium">{status}</span>}</p>
        <p className="text-xs text-muted">{[about, time(event.occurredAt)].filter(Boolean).join(' · ')}</p>
      </div>
    </li>
  )
}
