import { useState } from 'react'
import { ArrowLeft, RotateCcw, Undo2 } from 'lucide-react'
import { Link } from 'wouter'
import { graphql } from '@/gql'
import { faultText } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Notice, PageHead } from '@/ui/parts.tsx'
import { Failed, Waiting } from '@/ui/states.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { Nothing } from '../kit/Nothing.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useMay, useViewer } from '../viewer.tsx'
import { ImportBadge, ImportState } from './ImportState.tsx'
import { RecallDialog } from './RecallDialog.tsx'
import { useImport } from './useImport.ts'

const WithdrawDocument = graphql(`
  mutation ConsoleImportWithdraw($input: CardImportWithdrawInput!) { cardImportWithdraw(input: $input) { import { id withdrawnAt } errors { code message path } } }
`)

/** One batch: how it went, and what can still be done about it. */
export default function Import({ params }: { params: Record<string, string> }) {
  const { t, time } = useWords()
  const { tenant } = useViewer()
  const may = useMay()
  const { one, missing, error, lasting, again } = useImport(params.id ?? null)
  const [open, setOpen] = useState<'withdraw' | 'recall' | null>(null)
  const withdraw = useAct(WithdrawDocument)
  if (error && !one) return <Failed error={error} retry={again} />
  if (missing) return <Nothing />
  if (!one) return <Waiting />
  const stored = one.status !== 'RUNNING' && !one.dryRun && one.accepted > 0
  return (
    <>
      <Link href="/imports" className="mb-3 inline-flex min-h-9 items-center gap-2 text-sm text-muted hover:text-ink"><ArrowLeft className="size-4" aria-hidden />{t('place.imports')}</Link>
      <PageHead title={[one.variant?.product?.title, one.variant?.title].filter(Boolean).join(' · ') || t('imports.one')}
        actions={stored && (
          <>
            {tenant.kind === 'SUPPLIER' && may('stock:import') && !one.withdrawnAt && <Button icon={<Undo2 className="size-4" aria-hidden />} onClick={() => setOpen('withdraw')}>{t('imports.withdraw')}</Button>}
            {may('recall:write') && <Button kind="danger" icon={<RotateCcw className="size-4" aria-hidden />} onClick={() => setOpen('recall')}>{t('recall.begin')}</Button>}
          </>
        )}>
        <span className="flex flex-wrap items-center gap-2 text-sm"><ImportBadge one={one} />{time(one.createdAt)}{one.variant && <> · <span className="font-mono">{one.variant.sku}</span></>}</span>
      </PageHead>
      <Panel title={t('imports.result')} lead={one.withdrawnAt ? t('imports.withdrawnAt', { at: time(one.withdrawnAt) }) : undefined}>
        {lasting && <div className="mb-4"><Notice tone="warn" title={t('imports.unheard')}>{faultText(t, lasting)}</Notice></div>}
        <ImportState one={one} />
      </Panel>
      <Ask open={open === 'withdraw'} onClose={() => setOpen(null)} title={t('imports.withdraw')} confirm={t('imports.withdraw')} kind="danger" busy={withdraw.busy} wrong={withdraw.wrong}
        onConfirm={async () => {
          if (!(await withdraw.act({ input: { importId: one.id } }))) return false
          toast(t('imports.withdrawn'))
          again()
          return true
        }}>
        <p>{t('imports.withdraw.means')}</p>
      </Ask>
      <RecallDialog open={open === 'recall'} importId={one.id} onClose={() => setOpen(null)} />
    </>
  )
}
