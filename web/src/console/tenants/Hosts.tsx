import { useState } from 'react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Panel } from '../kit/Panel.tsx'
import { Wrong } from '../kit/Wrong.tsx'

const HostAddDocument = graphql(`
  mutation HostAdd($input: TenantHostInput!) { tenantHostAdd(input: $input) { tenant { id } errors { code message path } } }
`)
const HostRemoveDocument = graphql(`
  mutation HostRemove($input: TenantHostInput!) { tenantHostRemove(input: $input) { tenant { id } errors { code message path } } }
`)

/** Hosts of a tenant's own. The operator vouches that they are the tenant's; which there are, the API does not list. */
export function Hosts({ id }: { id: string }) {
  const { t } = useWords()
  const add = useAct(HostAddDocument, ['host'])
  const remove = useAct(HostRemoveDocument, ['host'])
  const [host, setHost] = useState('')
  const send = async (which: 'add' | 'remove') => {
    add.forget()
    remove.forget()
    const input = { input: { tenantId: id, host: host.trim() } }
    if (!(await (which === 'add' ? add.act(input) : remove.act(input)))) return
    toast(t(`tenants.host.done.${which}`, { host: host.trim() }))
    setHost('')
  }
  return (
    <Panel title={t('tenants.hosts')} lead={t('tenants.hosts.lead')}>
      <form className="flex flex-col gap-3" onSubmit={(event) => { event.preventDefault(); void send('add') }}>
        <Wrong lines={[...add.wrong, ...remove.wrong]} />
        <TextField label={t('tenants.host')} placeholder="shop.example" value={host} onChange={(event) => setHost(event.target.value)} autoCapitalize="none" autoComplete="off" spellCheck={false} className="font-mono" error={add.at('host') ?? remove.at('host')} />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" busy={add.busy} disabled={!host.trim()}>{t('tenants.host.add')}</Button>
          <Button kind="danger" busy={remove.busy} disabled={!host.trim()} onClick={() => void send('remove')}>{t('tenants.host.remove')}</Button>
        </div>
      </form>
    </Panel>
  )
}
