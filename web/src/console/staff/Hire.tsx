import { useState } from 'react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { TextField } from '@/ui/Field.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { RoleSelect } from './RoleSelect.tsx'
import type { Role } from './staff.ts'

const HireDocument = graphql(`
  mutation StaffCreate($input: StaffCreateInput!) { staffCreate(input: $input) { user { id } errors { code message path } } }
`)

/** Adds somebody to the staff, with a first role. */
export function Hire({ roles, onClose, onDone }: { roles: readonly Role[]; onClose: () => void; onDone: () => void }) {
  const { t } = useWords()
  const { act, busy, wrong, at } = useAct(HireDocument, ['displayName', 'email', 'password', 'role'])
  const [form, setForm] = useState({ displayName: '', email: '', password: '', role: 'support' })
  const field = (name: 'displayName' | 'email' | 'password') => ({
    value: form[name], error: at(name), required: true,
    onChange: (event: { target: { value: string } }) => setForm((now) => ({ ...now, [name]: event.target.value })),
  })
  const send = async () => {
    if (!(await act({ input: form }))) return false
    toast(t('staff.hire.done', { name: form.displayName }))
    onDone()
    return true
  }
  return (
    <Ask open onClose={onClose} title={t('staff.hire')} confirm={t('staff.hire')} busy={busy} wrong={wrong} onConfirm={send}>
      <TextField label={t('staff.name')} {...field('displayName')} maxLength={60} autoComplete="off" />
      <TextField label={t('staff.email')} type="email" {...field('email')} autoComplete="off" />
      <TextField label={t('staff.password')} type="password" hint={t('staff.password.hint')} {...field('password')} minLength={8} maxLength={200} autoComplete="new-password" />
      <RoleSelect roles={roles} value={form.role} error={at('role')} onChange={(role) => setForm((now) => ({ ...now, role }))} />
    </Ask>
  )
}
