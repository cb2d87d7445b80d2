import { useWords } from '@/lib/i18n.tsx'
import { Select } from '@/ui/Field.tsx'
import { builtIn, type Role } from './staff.ts'

/** One of the roles that there are; for a key, any but the owner's. */
export function RoleSelect({ roles, value, onChange, error, withoutOwner, builtInOnly }: {
  roles: readonly Role[]; value: string; onChange: (role: string) => void; error?: string; withoutOwner?: boolean; builtInOnly?: boolean
}) {
  const { t } = useWords()
  return (
    <Select label={t('staff.role')} hint={t(`staff.role.means.${builtIn.find((one) => one === value) ?? 'own'}`)} error={error} value={value} onChange={(event) => onChange(event.target.value)}>
      <optgroup label={t('staff.roles.builtIn')}>
        {builtIn.filter((role) => !withoutOwner || role !== 'owner').map((role) => <option key={role} value={role}>{t(`staff.role.${role}`)}</option>)}
      </optgroup>
      {!builtInOnly && roles.length > 0 && (
        <optgroup label={t('staff.roles.own')}>
          {roles.map((role) => <option key={role.id} value={role.id}>{role.name}</option>)}
        </optgroup>
      )}
    </Select>
  )
}
