import { useState } from 'react'
import { Plus, Users } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Badge, Card, EmptyState, Notice } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { useMay, useViewer } from '../viewer.tsx'
import { GrantRole } from './GrantRole.tsx'
import { Hire } from './Hire.tsx'
import { grantsOf, roleName, type Grant, type Staff } from './staff.ts'

const DisableDocument = graphql(`
  mutation StaffDisable($input: StaffDisableInput!) { staffDisable(input: $input) { user { id } errors { code message path } } }
`)
const RevokeDocument = graphql(`
  mutation GrantRevoke($input: GrantRevokeInput!) { grantRevoke(input: $input) { errors { code message path } } }
`)

type Doing = { what: 'disable' | 'grant'; id: string; name: string } | { what: 'revoke'; grant: Grant; name: string } | { what: 'hire' }

/** The people of this tenant, with the roles that each holds. */
export function People({ staff, onDone }: { staff: Staff; onDone: () => void }) {
  const { t } = useWords()
  const may = useMay()
  const { user } = useViewer()
  const [doing, setDoing] = useState<Doing | null>(null)
  const close = () => setDoing(null)
  const disable = useAct(DisableDocument)
  const revoke = useAct(RevokeDocument)
  const roles = staff.roles ?? []
  const write = may('staff:write')
  const people = staff.staff ?? []
  return (
    <div className="flex flex-col gap-4">
      {write && <div><Button kind="primary" icon={<Plus className="size-4" aria-hidden />} onClick={() => setDoing({ what: 'hire' })}>{t('staff.hire')}</Button></div>}
      {people.length === 0 && <EmptyState icon={<Users />} title={t('staff.none')} />}
      <ul className="grid gap-4 lg:grid-cols-2">
        {people.map((person) => {
          const held = grantsOf(staff.grants ?? [], person.id)
          return (
            <Card as="li" key={person.id} className="flex flex-col gap-3">
              <div className="flex flex-wrap items-start justify-between gap-2">
                <div className="min-w-0">
                  <p className="font-medium">{person.displayName}{person.id === user.id && <span className="ml-2"><Badge tone="accent">{t('staff.you')}</Badge></span>}</p>
                  <p className="text-sm text-muted">{person.email}</p>
                </div>
                {write && person.id !== user.id && held.length > 0 && (
                  <Button size="sm" kind="danger" onClick={() => setDoing({ what: 'disable', id: person.id, name: person.displayName })}>{t('staff.disable')}</Button>
                )}
              </div>
              <div className="flex flex-wrap items-center gap-2">
                {held.length === 0 && <Badge>{t('staff.noRole')}</Badge>}
                {held.map((grant) => {
                  const name = roleName(t, grant.role, roles)
                  return (
                    <span key={grant.id} className="inline-flex items-center rounded-full bg-accent-soft text-sm text-accent-ink">
                      <span className="px-3 py-1">{name}{grant.subtree && ` · ${t('staff.subtree.short')}`}</span>
                      {write && person.id !== user.id && (
                        <button type="button" className="grid size-8 place-items-center rounded-full hover:bg-surface" aria-label={t('staff.revoke.label', { role: name, name: person.displayName })}
                          onClick={() => setDoing({ what: 'revoke', grant, name: person.displayName })}>×</button>
                      )}
                    </span>
                  )
                })}
                {write && <Button size="sm" kind="quiet" icon={<Plus className="size-4" aria-hidden />} aria-label={t('staff.grant.to', { name: person.displayName })} onClick={() => setDoing({ what: 'grant', id: person.id, name: person.displayName })}>{t('staff.grant')}</Button>}
              </div>
            </Card>
          )
        })}
      </ul>
      {doing?.what === 'hire' && <Hire roles={roles} onClose={close} onDone={onDone} />}
      {doing?.what === 'grant' && <GrantRole holder={doing} roles={roles} onClose={close} onDone={onDone} />}
      {doing?.what === 'disable' && (
        <Ask open onClose={close} title={t('staff.disable.title', { name: doing.name })} confirm={t('staff.disable')} kind="danger" busy={disable.busy} wrong={disable.wrong}
          onConfirm={async () => {
            if (!(await disable.act({ input: { userId: doing.id } }))) return false
            toast(t('staff.disable.done', { name: doing.name }))
            onDone()
            return true
          }}>
          <Notice tone="warn">{t('staff.disable.means')}</Notice>
        </Ask>
      )}
      {doing?.what === 'revoke' && (
        <Ask open onClose={close} title={t('staff.revoke')} confirm={t('staff.revoke')} kind="danger" busy={revoke.busy} wrong={revoke.wrong}
          onConfirm={async () => {
            if (!(await revoke.act({ input: { grantId: doing.grant.id } }))) return false
            toast(t('staff.revoke.done'))
            onDone()
            return true
          }}>
          <Notice tone="warn">{t('staff.revoke.means', { role: roleName(t, doing.grant.role, roles), name: doing.name })}</Notice>
        </Ask>
      )}
    </div>
  )
}
