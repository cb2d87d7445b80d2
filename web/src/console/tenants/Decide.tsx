import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Notice } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import type { TenantRow } from './tenants.ts'

const ApproveDocument = graphql(`
  mutation TenantApprove($input: TenantDecisionInput!) { tenantApprove(input: $input) { tenant { id status } errors { code message path } } }
`)
const RejectDocument = graphql(`
  mutation TenantReject($input: TenantDecisionInput!) { tenantReject(input: $input) { tenant { id status } errors { code message path } } }
`)
const SuspendDocument = graphql(`
  mutation TenantSuspend($input: TenantDecisionInput!) { tenantSuspend(input: $input) { tenant { id status } errors { code message path } } }
`)
const ReinstateDocument = graphql(`
  mutation TenantReinstate($input: TenantDecisionInput!) { tenantReinstate(input: $input) { tenant { id status } errors { code message path } } }
`)
const documents = { approve: ApproveDocument, reject: RejectDocument, suspend: SuspendDocument, reinstate: ReinstateDocument }
export type Decision = keyof typeof documents

/** What may be decided about a tenant, by who looks and where it stands. */
export function decisionsOn(tenant: Pick<TenantRow, 'id' | 'kind' | 'status'>, own: string, may: (action: string) => boolean): Decision[] {
  if (tenant.id === own || tenant.kind === 'OPERATOR') return []
  if (tenant.status === 'PENDING_REVIEW' && may('tenant:decide')) return ['reject', 'approve']
  if (tenant.status === 'ACTIVE' && may('tenant:suspend')) return ['suspend']
  if (tenant.status === 'SUSPENDED' && may('tenant:suspend')) return ['reinstate']
  return []
}

/** A decision about a tenant, with what it brings and a word about why. */
export function Decide({ tenant, decision, onClose, onDone }: { tenant: Pick<TenantRow, 'id' | 'name'>; decision: Decision; onClose: () => void; onDone: () => void }) {
  const { t } = useWords()
  const { act, busy, wrong } = useAct(documents[decision] as typeof ApproveDocument)
  const hard = decision === 'reject' || decision === 'suspend'
  const send = async (note: string) => {
    if (!(await act({ input: { tenantId: tenant.id, note: note || null } }))) return false
    toast(t(`tenants.decided.${decision}`, { name: tenant.name }))
    onDone()
    return true
  }
  return (
    <Ask open onClose={onClose} title={`${t(`tenants.decide.${decision}`)} · ${tenant.name}`} say={t('tenants.note')} sayHint={t('tenants.note.hint')} required={hard}
      confirm={t(`tenants.decide.${decision}`)} kind={hard ? 'danger' : 'primary'} busy={busy} wrong={wrong} onConfirm={send}>
      <Notice tone={hard ? 'warn' : 'info'}>{t(`tenants.means.${decision}`)}</Notice>
    </Ask>
  )
}
