import { useState } from 'react'
import { useLocation } from 'wouter'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Select, TextField } from '@/ui/Field.tsx'
import { Notice } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { useViewer } from '../viewer.tsx'

const TenantCreateDocument = graphql(`
  mutation TenantOpen($input: TenantCreateInput!) {
    tenantCreate(input: $input) { tenant { id name status } errors { code message path } }
  }
`)

const blank = { kind: 'SITE' as 'SITE' | 'SUPPLIER', name: '', handle: '', ownerEmail: '', ownerPassword: '' }

/** Opens a site, or by the operator a supplier, with its owner's account. */
export function OpenTenant({ open, onClose, onDone }: { open: boolean; onClose: () => void; onDone: () => void }) {
  const { t } = useWords()
  const { tenant } = useViewer()
  const [, go] = useLocation()
  const { act, busy, wrong, at } = useAct(TenantCreateDocument, Object.keys(blank))
  const [form, setForm] = useState(blank)
  const field = (name: 'name' | 'handle' | 'ownerEmail' | 'ownerPassword') => ({
    value: form[name],
    error: at(name),
    required: true,
    onChange: (event: { target: { value: string } }) => setForm((now) => ({ ...now, [name]: event.target.value })),
  })
  const operator = tenant.kind === 'OPERATOR'
  const send = async () => {
    const done = await act({ input: { ...form, kind: operator ? form.kind : 'SITE', handle: form.handle.trim().toLowerCase() } })
    const made = done?.tenantCreate.tenant
    if (!made) return false
    toast(made.status === 'ACTIVE' ? t('tenants.open.done', { name: made.name }) : t('tenants.open.waits', { name: made.name }))
    setForm(blank)
    onDone()
    go(`/tenants/${made.id}`)
    return true
  }
  return (
    <Ask open={open} onClose={onClose} title={operator ? t('tenants.open.any') : t('tenants.open')} confirm={t('tenants.open.do')} busy={busy} wrong={wrong} onConfirm={send}>
      {!operator && <Notice>{t('tenants.open.review')}</Notice>}
      {operator && (
        <Select label={t('tenants.kind')} error={at('kind')} value={form.kind} onChange={(event) => setForm((now) => ({ ...now, kind: event.target.value as 'SITE' | 'SUPPLIER' }))}>
          <option value="SITE">{t('tenants.kind.SITE')}</option>
          <option value="SUPPLIER">{t('tenants.kind.SUPPLIER')}</option>
        </Select>
      )}
      <TextField label={t('tenants.name')} {...field('name')} maxLength={80} autoComplete="off" />
      <TextField label={t('tenants.handle')} hint={t('tenants.handle.hint')} {...field('handle')} minLength={2} maxLength={40} pattern="[A-Za-z0-9\-]+" autoCapitalize="none" autoComplete="off" className="font-mono" />
      <TextField label={t('tenants.owner.email')} type="email" {...field('ownerEmail')} autoComplete="off" />
      <TextField label={t('tenants.owner.password')} type="password" hint={t('tenants.owner.password.hint')} {...field('ownerPassword')} minLength={8} maxLength={200} autoComplete="new-password" />
    </Ask>
  )
}
