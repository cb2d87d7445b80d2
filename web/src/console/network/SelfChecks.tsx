import { useState, type FormEvent } from 'react'
import { ArrowUp, ListChecks, Plus, Trash2 } from 'lucide-react'
import { graphql } from '@/gql'
import type { ProductKind, SelfCheckDeskQuery } from '@/gql/graphql'
import { freshKey } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Select, TextArea, TextField } from '@/ui/Field.tsx'
import { EmptyState, Skeleton } from '@/ui/parts.tsx'
import { Failed } from '@/ui/states.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { oneOf, useAddress } from '../kit/address.ts'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { Wrong } from '../kit/Wrong.tsx'
import { useMay } from '../viewer.tsx'
import { kinds } from './Minimums.tsx'

const SelfCheckDocument = graphql(`
  query SelfCheckDesk($kind: ProductKind!, $brand: String) { selfCheck(kind: $kind, brand: $brand) { step en zh } }
`)
const SelfCheckSetDocument = graphql(`
  mutation SelfCheckSet($input: SelfCheckSetInput!) {
    selfCheckSet(input: $input) { steps { step en zh } errors { code message path } }
  }
`)

/** What buyers try before they claim, by kind of good and brand. */
export function SelfChecks() {
  const { t } = useWords()
  const { said, set } = useAddress()
  const kind = oneOf(kinds, said('kind')) ?? 'CARD'
  const brand = said('brand') ?? ''
  const [text, setText] = useState(brand)
  const [{ data, error, fetching }, ask] = useQuery({ query: SelfCheckDocument, variables: { kind, brand: brand || null }, requestPolicy: 'network-only' })
  const again = () => ask({ requestPolicy: 'network-only' })
  return (
    <div className="flex flex-col gap-5">
      <p className="max-w-prose text-sm text-muted">{t('network.checks.lead')}</p>
      <form className="grid gap-3 sm:grid-cols-[14rem_1fr_auto] sm:items-end" onSubmit={(event) => { event.preventDefault(); set({ brand: text.trim() }) }}>
        <Select label={t('network.checks.kind')} value={kind} onChange={(event) => set({ kind: event.target.value })}>
          {kinds.map((one) => <option key={one} value={one}>{t(`kind.${one}`)}</option>)}
        </Select>
        <TextField label={t('network.checks.brand')} hint={undefined} value={text} maxLength={60} onChange={(event) => setText(event.target.value)} placeholder={t('network.checks.everyBrand')} />
        <Button type="submit">{t('network.checks.show')}</Button>
      </form>
      <Panel title={brand ? t('network.checks.of', { kind: t(`kind.${kind}`), brand }) : t(`kind.${kind}`)} lead={brand ? t('network.checks.brand.lead') : undefined}>
        {error ? <Failed error={error} retry={again} /> : fetching || !data ? <Skeleton className="h-32" /> : <Steps key={`${kind} ${brand}`} kind={kind} brand={brand} steps={data.selfCheck ?? []} onDone={again} />}
      </Panel>
    </div>
  )
}

type Step = NonNullable<SelfCheckDeskQuery['selfCheck']>[number]
type Draft = { key: string; zh: string; en: string }

function Steps({ kind, brand, steps, onDone }: { kind: ProductKind; brand: string; steps: readonly Step[]; onDone: () => void }) {
  const { t } = useWords()
  const may = useMay()
  const { act, busy, wrong } = useAct(SelfCheckSetDocument)
  const [drafts, setDrafts] = useState<Draft[]>(() => steps.map((one) => ({ key: String(one.step), zh: one.zh, en: one.en })))
  const write = may('terms:minimum')
  const change = (key: string, part: Partial<Draft>) => setDrafts((now) => now.map((one) => (one.key === key ? { ...one, ...part } : one)))
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await act({ input: { kind, brand: brand || null, steps: drafts.map(({ zh, en }) => ({ zh: zh.trim(), en: en.trim() })) } }))) return
    toast(t('kit.saved'))
    onDone()
  }
  const up = (index: number) => setDrafts((now) => {
    const moved = now[index]
    return moved ? [...now.slice(0, index - 1), moved, ...now.slice(index - 1, index), ...now.slice(index + 1)] : now
  })
  return (
    <form onSubmit={(event) => void save(event)} className="flex flex-col gap-5">
      <Wrong lines={wrong} />
      {drafts.length === 0 && <EmptyState icon={<ListChecks />} title={t('network.checks.none')}>{t('network.checks.none.why')}</EmptyState>}
      <ol className="flex flex-col gap-5">
        {drafts.map((draft, index) => (
          <li key={draft.key} className="rounded-md border border-line p-4">
            <div className="mb-3 flex items-center justify-between gap-2">
              <p className="font-medium">{t('network.checks.step', { step: index + 1 })}</p>
              {write && (
                <span className="flex gap-1">
                  {index > 0 && <Button size="sm" kind="quiet" aria-label={t('network.checks.up', { step: index + 1 })} icon={<ArrowUp className="size-4" aria-hidden />} onClick={() => up(index)} />}
                  <Button size="sm" kind="quiet" aria-label={t('network.checks.remove', { step: index + 1 })} icon={<Trash2 className="size-4" aria-hidden />} onClick={() => setDrafts((now) => now.filter((one) => one.key !== draft.key))} />
                </span>
              )}
            </div>
            <div className="grid gap-3 sm:grid-cols-2">
              <TextArea label={t('network.checks.zh')} lang="zh-CN" value={draft.zh} required maxLength={400} readOnly={!write} onChange={(event) => change(draft.key, { zh: event.target.value })} />
              <TextArea label={t('network.checks.en')} lang="en" value={draft.en} required maxLength={400} readOnly={!write} onChange={(event) => change(draft.key, { en: event.target.value })} />
            </div>
          </li>
        ))}
      </ol>
      {write && (
        <div className="flex flex-wrap justify-between gap-2">
          <Button icon={<Plus className="size-4" aria-hidden />} disabled={drafts.length >= 20} onClick={() => setDrafts((now) => [...now, { key: freshKey(), zh: '', en: '' }])}>{t('network.checks.add')}</Button>
          <Button type="submit" kind="primary" busy={busy} disabled={drafts.some((one) => !one.zh.trim() || !one.en.trim())}>{t('kit.save')}</Button>
        </div>
      )}
    </form>
  )
}
