import type { ProductKind, ProductStatus } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Badge, type Tone } from '@/ui/parts.tsx'

const tones: Record<ProductStatus, Tone> = { DRAFT: 'neutral', SUBMITTED: 'info', APPROVED: 'good', REJECTED: 'bad', RETIRED: 'neutral' }
export const productStatuses = Object.keys(tones) as ProductStatus[]
export const productKinds: readonly ProductKind[] = ['CARD', 'GIFT_CARD', 'TOP_UP', 'MEMBERSHIP', 'LICENCE', 'SERVICE']

/** Where a product stands between being written and being sold. */
export function ProductBadge({ status }: { status: ProductStatus }) {
  const { t } = useWords()
  return <Badge tone={tones[status]}>{t(`product.status.${status}`)}</Badge>
}
