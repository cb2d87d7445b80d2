import { useState } from 'react'
import { KeyRound, Plus } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { Badge, EmptyState, Notice } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { useMay } from '../viewer.tsx'
import { MakeKey } from './MakeKey.tsx'
import { grantsOf, roleName, type Staff } from './staff.ts'

const KeyRevokeDocument = graphql(`
  mutation KeyRevoke($input: ApiKeyRevokeInput!) { apiKeyRevoke(input: $input) { apiKey { id revokedAt } errors { code message path } } }
`)

type Key = NonNullable<Staff['apiKeys']>[number]

/** Keys for programs of this tenant. */
export function Keys({ staff, onDone }: { staff: Staff; onDone: () => void }) {
  const { t, time } = useWords()
  const may = useMay()
  const [making, setMaking] = useState(false)
  const [ending, setEnding] = useState<Key | null>(null)
  const { act, busy, wrong } = useAct(KeyRevokeDocument)
  const keys = staff.apiKeys ?? []
  const state = (key: Key) => key.revokedAt ? 'revoked' : key.expiresAt && Date.parse(key.expiresAt) < Date.now() ? 'expired' : 'valid'
  const role = (key: Key) => grantsOf(staff.grants ?? [], key.id).map((grant) => roleName(t, grant.role, staff.roles ?? [])).join(', ')
  const columns: Column<Key>[] = [
    { key: 'name', head: t('staff.key.name'), value: (key) => key.name, cell: (key) => <span className="font-medium">{key.name}</span> },
    { key: 'role', head: t('staff.role'), wide: true, value: role, cell: (key) => role(key) || '—' },
    { key: 'until', head: t('staff.key.until'), wide: true, value: (key) => key.expiresAt ?? '', cell: (key) => key.expiresAt ? time(key.expiresAt) : t('staff.key.forever') },
    { key: 'state', head: t('staff.key.state'), value: state, cell: (key) => <Badge tone={state(key) === 'valid' ? 'good' : 'neutral'}>{t(`staff.key.is.${state(key)}`)}</Badge> },
    { key: 'end', head: t('kit.actions'), cell: (key) => state(key) === 'valid' && may('staff:write') && (
      <Button size="sm" kind="danger" aria-label={t('staff.key.revoke.label', { name: key.name })} onClick={() => setEnding(key)}>{t('staff.key.revoke')}</Button>
    ) },
  ]
  const make = may('staff:write') && <Button kind="primary" icon={<Plus className="size-4" aria-hidden />} onClick={() => setMaking(true)}>{t('staff.key.make')}</Button>
  return (
    <div className="flex flex-col gap-4">
      {keys.length > 0 && <div>{make}</div>}
      <DataTable caption={t('staff.keys')} columns={columns} rows={keys} rowKey={(key) => key.id}
        empty={<EmptyState icon={<KeyRound />} title={t('staff.key.none')} action={make}>{t('staff.key.none.why')}</EmptyState>} />
      {making && <MakeKey onClose={() => setMaking(false)} onDone={onDone} />}
      {ending && (
        <Ask open onClose={() => setEnding(null)} title={t('staff.key.revoke.label', { name: ending.name })} confirm={t('staff.key.revoke')} kind="danger" busy={busy} wrong={wrong}
          onConfirm={async () => {
            if (!(await act({ input: { apiKeyId: ending.id } }))) return false
            toast(t('staff.key.revoked', { name: ending.name }))
            onDone()
            return true
          }}>
          <Notice tone="warn">{t('staff.key.revoke.means')}</Notice>
        </Ask>
      )}
    </div>
  )
}
