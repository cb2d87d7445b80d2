import type { ClaimStatus } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Badge, type Tone } from '@/ui/parts.tsx'

const tones: Record<ClaimStatus, Tone> = {
  SUBMITTED: 'info',
  INFO_REQUESTED: 'warn',
  APPROVED: 'good',
  RESOLVED: 'good',
  REJECTED: 'bad',
  APPEALED: 'info',
  CLOSED: 'neutral',
  WITHDRAWN: 'neutral',
}

/** Every status that a claim can have. */
export const claimStatuses = Object.keys(tones) as ClaimStatus[]
export const claimTone = (status: ClaimStatus): Tone => tones[status]
/** Whether anything can still happen to it. */
export const claimOpen = (status: ClaimStatus): boolean => status !== 'RESOLVED' && status !== 'CLOSED' && status !== 'WITHDRAWN'

/** Where a claim stands. */
export function ClaimStatusBadge({ status }: { status: ClaimStatus }) {
  const { t } = useWords()
  return <Badge tone={tones[status]}>{t(`claim.status.${status}`)}</Badge>
}
