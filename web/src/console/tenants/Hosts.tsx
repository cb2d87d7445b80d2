import { useState } from 'react'
import { Globe } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { Wrong } from '../kit/Wrong.tsx'

const HostsDocument = graphql(`
  query TenantHosts($id: ID!) { node(id: $id) { __typename ... on Tenant { id hosts } } }
`)
const HostAddDocument = graphql(`
  mutation HostAdd($input: TenantHostInput!) { tenantHostAdd(input: $input) { tenant { id hosts } errors { code message path } } }
`)
const HostRemoveDocument = graphql(`
  mutation HostRemove($input: TenantHostInput!) { tenantHostRemove(input: $input) { tenant { id hosts } errors { code message path } } }
`)

/** Hosts of a tenant's own: to see for its staff, to give and to take away for the operator, who vouches that they are
 *  the tenant's. */
export function Hosts({ id, decides }: { id: string; decides: boolean }) {
  const { t } = useWords()
  const [{ data }, ask] = useQuery({ query: HostsDocument, variables: { id } })
  const add = useAct(HostAddDocument, ['host'])
  const remove = useAct(HostRemoveDocument)
  const [host, setHost] = useState('')
  const [leaving, setLeaving] = useState<string | null>(null)
  const hosts = data?.node?.__typename === 'Tenant' ? data.node.hosts : null
  const again = () => ask({ requestPolicy: 'network-only' })
  const give = async () => {
    if (!(await add.act({ input: { tenantId: id, host: host.trim() } }))) return
    toast(t('tenants.host.done.add', { host: host.trim() }))
    setHost('')
    again()
  }
  const take = async () => {
    if (!leaving || !(await remove.act({ input: { tenantId: id, host: leaving } }))) return false
    toast(t('tenants.host.done.remove', { host: leaving }))
    again()
    return true
  }
  if (!hosts || (!decides && hosts.length === 0)) return null
  return (
    <Panel title={t('tenants.hosts')} lead={decides ? t('tenants.hosts.lead') : undefined}>
      <div className="flex flex-col gap-4">
        {hosts.length === 0 ? <p className="text-sm text-muted">{t('tenants.hosts.none')}</p> : (
          <ul aria-label={t('tenants.hosts')} className="flex flex-col divide-y divide-line rounded-md border border-line">
            {hosts.map((one) => (
              <li key={one} className="flex min-h-12 items-center gap-3 px-3 py-1.5">
                <Globe className="size-4 shrink-0 text-muted" aria-hidden />
                <span className="min-w-0 flex-1 font-mono text-sm">{one}</span>
                {decides && <Button size="sm" kind="danger" aria-label={t('tenants.host.remove.label', { host: one })} onClick={() => setLeaving(one)}>{t('tenants.host.remove')}</Button>}
              </li>
            ))}
          </ul>
        )}
        {decides && (
          <form className="flex flex-col gap-3" onSubmit={(event) => { event.preventDefault(); void give() }}>
            <Wrong lines={add.wrong} />
            <TextField label={t('tenants.host')} placeholder="shop.example" value={host} onChange={(event) => setHost(event.target.value)} autoCapitalize="none" autoComplete="off" spellCheck={false} className="font-mono" error={add.at('host')} />
            <div><Button type="submit" busy={add.busy} disabled={!host.trim()}>{t('tenants.host.add')}</Button></div>
          </form>
        )}
      </div>
      <Ask open={leaving !== null} onClose={() => setLeaving(null)} title={t('tenants.host.remove.title')} confirm={t('tenants.host.remove')} kind="danger" busy={remove.busy} wrong={remove.wrong} onConfirm={take}>
        <p>{t('tenants.host.remove.means', { host: leaving ?? '' })}</p>
      </Ask>
    </Panel>
  )
}
