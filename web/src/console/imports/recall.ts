import type { RecallStatus } from '@/gql/graphql'
import type { Tone } from '@/ui/parts.tsx'

/** How where a recall stands looks. */
export const recallTone: Record<RecallStatus, Tone> = { DRAFT: 'neutral', RUNNING: 'warn', DONE: 'good' }
