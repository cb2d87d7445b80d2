import { useState } from 'react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { CopyButton } from '@/ui/CopyButton.tsx'
import { Dialog } from '@/ui/Dialog.tsx'
import { Select, TextField } from '@/ui/Field.tsx'
import { Notice } from '@/ui/parts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { RoleSelect } from './RoleSelect.tsx'

const KeyCreateDocument = graphql(`
  mutation KeyCreate($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { token apiKey { id name } errors { code message path } } }
`)

const day = 86_400
const spans = [30 * day, 90 * day, 365 * day]

/** Makes a key, and shows its token: now, and never again. */
export function MakeKey({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const { t, span } = useWords()
  const { act, busy, wrong, at } = useAct(KeyCreateDocument, ['name', 'role', 'expiresInSeconds'])
  const [form, setForm] = useState({ name: '', role: 'integrator', seconds: String(90 * day) })
  const [token, setToken] = useState<string | null>(null)
  const send = async () => {
    const done = await act({ input: { name: form.name.trim(), role: form.role, expiresInSeconds: form.seconds ? Number(form.seconds) : null } })
    const made = done?.apiKeyCreate.token
    if (!made) return false
    setToken(made)
    onDone()
    return false
  }
  if (token) {
    return (
      <Dialog open onClose={onClose} title={t('staff.key.made', { name: form.name })} closeLabel={t('word.close')}
        footer={<Button kind="primary" onClick={onClose}>{t('staff.key.kept')}</Button>}>
        <div className="flex flex-col gap-4">
          <Notice tone="warn" title={t('staff.key.once')}>{t('staff.key.once.why')}</Notice>
          <p className="rounded-md bg-sunken p-3 font-mono text-sm break-all" aria-label={t('staff.key.token')}>{token}</p>
          <CopyButton text={token} label={t('word.copy')} done={t('word.copied')} />
        </div>
      </Dialog>
    )
  }
  return (
    <Ask open onClose={onClose} title={t('staff.key.make')} confirm={t('staff.key.make')} busy={busy} wrong={wrong} ready={!!form.name.trim()} onConfirm={send}>
      <TextField label={t('staff.key.name')} hint={t('staff.key.name.hint')} value={form.name} error={at('name')} required maxLength={60} autoComplete="off" onChange={(event) => setForm((now) => ({ ...now, name: event.target.value }))} />
      <RoleSelect roles={[]} builtInOnly withoutOwner value={form.role} error={at('role')} onChange={(role) => setForm((now) => ({ ...now, role }))} />
      <Select label={t('staff.key.until')} value={form.seconds} error={at('expiresInSeconds')} onChange={(event) => setForm((now) => ({ ...now, seconds: event.target.value }))}>
        {spans.map((seconds) => <option key={seconds} value={seconds}>{span(seconds)}</option>)}
        <option value="">{t('staff.key.forever')}</option>
      </Select>
    </Ask>
  )
}
