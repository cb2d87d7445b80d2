import { useState } from 'react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Checkbox, TextField } from '@/ui/Field.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { useViewer } from '../viewer.tsx'
import { actionName, byNoun, nounName } from './actions.ts'

const RoleCreateDocument = graphql(`
  mutation RoleCreate($input: RoleCreateInput!) { roleCreate(input: $input) { role { id name actions } errors { code message path } } }
`)

/** Without these a member of staff can't even look at the console. */
const least = ['node:read', 'session:revoke', 'storefront:read', 'viewer:read']

/** A role of the tenant's own, out of what its owner may do. */
export function MakeRole({ actions, onClose, onDone }: { actions: readonly string[]; onClose: () => void; onDone: () => void }) {
  const { t } = useWords()
  const { permissions } = useViewer()
  const { act, busy, wrong, at } = useAct(RoleCreateDocument, ['name', 'actions'])
  const [name, setName] = useState('')
  // What the catalogue lists for owners anywhere, narrowed to what can be done at a tenant of this kind.
  const possible = actions.filter((action) => permissions.includes(action))
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(least.filter((action) => possible.includes(action))))
  const choose = (which: readonly string[], on: boolean) => setChosen((now) => {
    const next = new Set(now)
    for (const action of which) {
      if (on) next.add(action)
      else next.delete(action)
    }
    return next
  })
  const send = async () => {
    if (!(await act({ input: { name: name.trim(), actions: [...chosen].sort() } }))) return false
    toast(t('staff.make.done', { name: name.trim() }))
    onDone()
    return true
  }
  return (
    <Ask open wide onClose={onClose} title={t('staff.make')} confirm={t('staff.make.do', { count: chosen.size })} busy={busy} wrong={[...wrong, ...(at('actions') ? [at('actions') ?? ''] : [])]} ready={!!name.trim() && chosen.size > 0} onConfirm={send}>
      <TextField label={t('staff.make.name')} value={name} onChange={(event) => setName(event.target.value)} error={at('name')} required maxLength={60} autoComplete="off" />
      <div className="grid gap-x-6 gap-y-4 sm:grid-cols-2">
        {byNoun(possible).map(({ noun, actions: of }) => (
          <fieldset key={noun} className="min-w-0">
            <legend className="flex w-full items-center justify-between gap-2 text-sm font-semibold">
              {nounName(t, noun)}
            </legend>
            {of.map((action) => (
              <Checkbox key={action} label={actionName(t, action)} hint={<span className="font-mono">{action}</span>} checked={chosen.has(action)} onChange={(event) => choose([action], event.target.checked)} />
            ))}
          </fieldset>
        ))}
      </div>
    </Ask>
  )
}
