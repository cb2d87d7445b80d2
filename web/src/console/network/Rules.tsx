import { useState, type FormEvent } from 'react'
import { graphql } from '@/gql'
import type { NetworkRulesQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Checkbox, TextField } from '@/ui/Field.tsx'
import { Fact, Facts } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Loaded } from '../kit/Loaded.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { Wrong } from '../kit/Wrong.tsx'
import { useMay } from '../viewer.tsx'
import { SpanField } from './SpanField.tsx'

const RulesDocument = graphql(`
  query NetworkRules { networkSettings { currency depthLimit holdSeconds claimsProved region } }
`)
const RulesSetDocument = graphql(`
  mutation NetworkRulesSet($input: NetworkSettingsSetInput!) {
    networkSettingsSet(input: $input) { settings { currency depthLimit holdSeconds claimsProved region } errors { code message path } }
  }
`)
type Settings = NonNullable<NetworkRulesQuery['networkSettings']>

/** The network's own rules: to read for the operator's staff, to set for whoever may. */
export function Rules() {
  const { t, span } = useWords()
  const may = useMay()
  // The form begins with what is in force now, not with what was when this was last looked at.
  const [{ data, error }, ask] = useQuery({ query: RulesDocument, requestPolicy: 'network-only' })
  const again = () => ask({ requestPolicy: 'network-only' })
  return (
    <Loaded data={data?.networkSettings} error={error} retry={again}>
      {(settings) => (
        <Panel title={t('network.rules')} lead={t('network.rules.lead')}>
          {may('network:settings') ? <Form settings={settings} onDone={again} /> : (
            <Facts>
              <Fact term={t('network.currency')}>{settings.currency}</Fact>
              <Fact term={t('network.depth')}>{settings.depthLimit}</Fact>
              <Fact term={t('network.hold')}>{span(settings.holdSeconds)}</Fact>
              <Fact term={t('network.region')}>{settings.region ?? t('network.region.currency')}</Fact>
              <Fact term={t('network.proved')}>{t(settings.claimsProved ? 'network.yes' : 'network.no')}</Fact>
            </Facts>
          )}
        </Panel>
      )}
    </Loaded>
  )
}

function Form({ settings, onDone }: { settings: Settings; onDone: () => void }) {
  const { t } = useWords()
  const { act, busy, wrong, at } = useAct(RulesSetDocument, ['depthLimit', 'holdSeconds', 'region'])
  const [depth, setDepth] = useState(String(settings.depthLimit))
  const [hold, setHold] = useState<number | null>(settings.holdSeconds)
  const [region, setRegion] = useState(settings.region ?? '')
  const [proved, setProved] = useState(settings.claimsProved)
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const input = { depthLimit: Number(depth), holdSeconds: hold, claimsProved: proved, region: region.trim().toUpperCase() }
    if (!(await act({ input }))) return
    toast(t('kit.saved'))
    onDone()
  }
  return (
    <form onSubmit={(event) => void save(event)} className="flex flex-col gap-5">
      <Wrong lines={wrong} />
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField label={t('network.depth')} hint={t('network.depth.hint')} type="number" min={1} max={16} required value={depth} error={at('depthLimit')} onChange={(event) => setDepth(event.target.value)} />
        <TextField label={t('network.region')} hint={t('network.region.hint', { currency: settings.currency })} maxLength={2} value={region} error={at('region')} onChange={(event) => setRegion(event.target.value)} className="uppercase" />
        <SpanField label={t('network.hold')} hint={t('network.hold.hint')} seconds={hold} onChange={setHold} error={at('holdSeconds')} />
      </div>
      <Checkbox label={t('network.proved')} hint={t('network.proved.hint')} checked={proved} onChange={(event) => setProved(event.target.checked)} />
      <div><Button type="submit" kind="primary" busy={busy} disabled={hold === null}>{t('kit.save')}</Button></div>
    </form>
  )
}
