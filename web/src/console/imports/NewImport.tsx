import { useEffect, useState } from 'react'
import { ArrowLeft } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { graphql } from '@/gql'
import type { CardFormat } from '@/gql/graphql'
import { faultText, freshKey } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { useFilters } from '@/lib/search.ts'
import { Button } from '@/ui/Button.tsx'
import { cx } from '@/ui/classes.ts'
import { Select, TextArea } from '@/ui/Field.tsx'
import { Notice, PageHead, Progress } from '@/ui/parts.tsx'
import { Picker } from '@/ui/Picker.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { Wrong } from '../kit/Wrong.tsx'
import { nameOf, useFindStocked } from '../products/find.ts'
import { DropZone } from './DropZone.tsx'
import { ImportState } from './ImportState.tsx'
import { formatOf } from './upload.ts'
import { useImport } from './useImport.ts'
import { useSend } from './useSend.ts'

const VariantDocument = graphql(`
  query ConsoleStockVariant($id: ID!) { node(id: $id) { __typename ... on Variant { id title sku product { id title } } } }
`)

/** Cards being brought in: where from, as what, first looked through and then stored. */
export default function NewImport() {
  const { t, number } = useWords()
  const [, go] = useLocation()
  const [{ variant }, change] = useFilters(['variant'])
  const find = useFindStocked()
  const [called, setCalled] = useState('…')
  // The address says which; what it is called is asked.
  const [{ data }] = useQuery({ query: VariantDocument, variables: { id: variant }, pause: !variant })
  const named = data?.node?.__typename === 'Variant' && data.node.id === variant ? data.node : null
  const chosen = variant ? { id: variant, text: named ? nameOf(named.product?.title ?? named.title, named.title) : called } : null
  const [by, setBy] = useState<'file' | 'paste'>('file')
  const [file, setFile] = useState<File | null>(null)
  const [text, setText] = useState('')
  const [format, setFormat] = useState<CardFormat>('LINES')
  const [checked, setChecked] = useState<string | null>(null)
  // One name for checking and one for storing what is chosen now: trying again does nothing twice.
  const [keys, setKeys] = useState(() => ({ check: freshKey(), store: freshKey() }))
  const { send, share, busy, wrong } = useSend()
  const { one, lasting } = useImport(checked)
  const content = by === 'file' ? file : text.trim() ? text : null

  // What is chosen has changed: what was found out about it before does not hold.
  useEffect(() => {
    setChecked(null)
    setKeys({ check: freshKey(), store: freshKey() })
  }, [content, format, variant])
  const choose = async (chosen: File | null) => {
    setFile(chosen)
    if (chosen) setFormat(formatOf(await chosen.slice(0, 4096).text()))
  }
  const write = (written: string) => {
    setText(written)
    if (written.length < 4096 || text === '') setFormat(formatOf(written.slice(0, 4096)))
  }
  const run = async (dryRun: boolean) => {
    if (!content) return
    const id = await send({ content, variantId: variant, format, dryRun, key: dryRun ? keys.check : keys.store })
    if (!id) return
    if (dryRun) setChecked(id)
    else go(`/imports/${id}`)
  }
  const looked = one?.status === 'DONE'
  return (
    <>
      <Link href="/imports" className="mb-3 inline-flex min-h-9 items-center gap-2 text-sm text-muted hover:text-ink"><ArrowLeft className="size-4" aria-hidden />{t('place.imports')}</Link>
      <PageHead title={t('imports.new')}>{t('imports.new.lead')}</PageHead>
      <div className="flex flex-col gap-4">
        <Panel title={t('imports.step.what')}>
          <div className="sm:max-w-xl">
            <Picker label={t('variants.title')} hint={named?.sku} required value={chosen} find={find} onChange={(choice) => { setCalled(choice?.text ?? '…'); change({ variant: choice?.id ?? '' }) }} />
          </div>
        </Panel>
        <Panel title={t('imports.step.cards')} lead={t('imports.sealed')}>
          <div role="group" aria-label={t('imports.by')} className="mb-4 inline-flex rounded-md border border-line p-0.5">
            {(['file', 'paste'] as const).map((way) => (
              <button key={way} type="button" aria-pressed={way === by} onClick={() => setBy(way)} className={cx('min-h-9 rounded-sm px-4 text-sm', way === by ? 'bg-accent-soft font-medium text-accent-ink' : 'text-muted hover:text-ink')}>{t(`imports.by.${way}`)}</button>
            ))}
          </div>
          {by === 'file'
            ? <DropZone file={file} onFile={(chosen) => void choose(chosen)} accept=".txt,.csv,text/plain,text/csv" label={t('drop.label')} hint={t('imports.drop.hint')} />
            : <TextArea label={t('imports.paste')} hint={t('imports.paste.hint')} className="min-h-48 font-mono text-sm" spellCheck={false} value={text} onChange={(event) => write(event.target.value)} />}
          <div className="mt-4 sm:max-w-xl">
            <Select label={t('imports.format')} hint={t(`imports.format.${format}.hint`)} value={format} onChange={(event) => setFormat(event.target.value as CardFormat)}>
              <option value="LINES">{t('imports.format.LINES')}</option>
              <option value="CSV">{t('imports.format.CSV')}</option>
            </Select>
          </div>
        </Panel>
        <Panel title={t('imports.step.check')} lead={t('imports.step.check.lead')}>
          <div className="flex flex-col gap-5">
            <Wrong lines={wrong} />
            {share !== null && <div><p className="mb-2 text-sm">{t('imports.sending')}</p><Progress value={share} label={t('imports.sending')} /></div>}
            {lasting && <Notice tone="warn" title={t('imports.unheard')}>{faultText(t, lasting)}</Notice>}
            {one && <ImportState one={one} />}
            <div className="flex flex-wrap justify-end gap-2">
              <Button kind={looked ? 'secondary' : 'primary'} busy={busy || (checked !== null && !looked && one?.status !== 'FAILED' && !lasting)} disabled={!content || !variant} onClick={() => void run(true)}>{t('imports.check')}</Button>
              <Button kind="primary" busy={busy} disabled={!looked || one.accepted === 0} onClick={() => void run(false)}>
                {looked ? t('imports.store', { count: one.accepted, cards: number(one.accepted) }) : t('imports.storeLater')}
              </Button>
            </div>
          </div>
        </Panel>
      </div>
    </>
  )
}
