import { useState } from 'react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Checkbox, Select } from '@/ui/Field.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { useQuery } from '../kit/query.ts'
import { useMay, useViewer } from '../viewer.tsx'
import { RoleSelect } from './RoleSelect.tsx'
import type { Role } from './staff.ts'

const GrantDocument = graphql(`
  mutation GrantCreate($input: GrantCreateInput!) { grantCreate(input: $input) { grant { id } errors { code message path } } }
`)
const WhereDocument = graphql(`
  query GrantPlaces { tenants { id name depth status } }
`)

/** Gives a role to somebody: here or at a tenant below, there alone or with everyone below it. */
export function GrantRole({ holder, roles, onClose, onDone }: { holder: { id: string; name: string }; roles: readonly Role[]; onClose: () => void; onDone: () => void }) {
  const { t } = useWords()
  const may = useMay()
  const { tenant } = useViewer()
  const [{ data }] = useQuery({ query: WhereDocument, pause: !may('tenant:read') })
  const { act, busy, wrong, at } = useAct(GrantDocument, ['role', 'tenantId'])
  const [role, setRole] = useState('support')
  const [where, setWhere] = useState(tenant.id)
  const [subtree, setSubtree] = useState(false)
  const places = data?.tenants ?? []
  const send = async () => {
    if (!(await act({ input: { principalId: holder.id, role, subtree, tenantId: where } }))) return false
    toast(t('staff.grant.done', { name: holder.name }))
    onDone()
    return true
  }
  return (
    <Ask open onClose={onClose} title={t('staff.grant.to', { name: holder.name })} confirm={t('staff.grant')} busy={busy} wrong={wrong} onConfirm={send}>
      <RoleSelect roles={roles} value={role} onChange={setRole} error={at('role')} withoutOwner={holder.id.startsWith('key_')} />
      {places.length > 1 && (
        <Select label={t('staff.where')} value={where} error={at('tenantId')} onChange={(event) => setWhere(event.target.value)}>
          {places.map((one) => <option key={one.id} value={one.id}>{`${'\u00a0\u00a0'.repeat(Math.max(0, one.depth - tenant.depth))}${one.name}`}</option>)}
        </Select>
      )}
      {places.length > 1 && <Checkbox label={t('staff.subtree')} hint={t('staff.subtree.hint')} checked={subtree} onChange={(event) => setSubtree(event.target.checked)} />}
    </Ask>
  )
}
