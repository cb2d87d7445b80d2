import { useState } from 'react'
import { graphql } from '@/gql'
import type { ProductKind } from '@/gql/graphql'
import { TermsSummary } from '@/features/warranty/TermsSummary.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Loaded } from '../kit/Loaded.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { TermsDialog } from '../terms/TermsDialog.tsx'
import { firstDraft, inputOf, preview } from '../terms/terms.ts'
import { useMay } from '../viewer.tsx'

const MinimumsDocument = graphql(`
  query Minimums { warrantyMinimums { kind warranty { ...TermsLook } } }
`)
const MinimumSetDocument = graphql(`
  mutation MinimumSet($input: WarrantyMinimumSetInput!) {
    warrantyMinimumSet(input: $input) { minimum { kind warranty { version } } errors { code message path } }
  }
`)
/** What a kind without a minimum begins with. */
const usual = (() => {
  const input = inputOf(firstDraft)
  return input ? preview(input) : null
})()

export const kinds: ProductKind[] = ['CARD', 'GIFT_CARD', 'TOP_UP', 'MEMBERSHIP', 'LICENCE', 'SERVICE']

/** The least that goods of each kind are sold under. */
export function Minimums() {
  const { t } = useWords()
  const may = useMay()
  const [editing, setEditing] = useState<ProductKind | null>(null)
  const [{ data, error }, ask] = useQuery({ query: MinimumsDocument })
  const again = () => ask({ requestPolicy: 'network-only' })
  const { act, busy, wrong } = useAct(MinimumSetDocument)
  const start = data?.warrantyMinimums?.find((one) => one.kind === editing)?.warranty ?? usual
  return (
    <Loaded data={data?.warrantyMinimums} error={error} retry={again}>
      {(minimums) => (
        <div className="flex flex-col gap-5">
          <p className="max-w-prose text-sm text-muted">{t('network.minimums.lead')}</p>
          <div className="grid items-start gap-5 lg:grid-cols-2">
            {kinds.map((kind) => {
              const terms = minimums.find((one) => one.kind === kind)?.warranty
              return (
                <Panel key={kind} title={t(`kind.${kind}`)}
                  actions={may('terms:minimum') && <Button size="sm" aria-label={t(terms ? 'network.minimum.change' : 'network.minimum.set', { kind: t(`kind.${kind}`) })} onClick={() => setEditing(kind)}>{t(terms ? 'kit.change' : 'network.set')}</Button>}>
                  {terms ? <TermsSummary terms={terms} /> : <p className="text-sm text-muted">{t('network.minimum.none')}</p>}
                </Panel>
              )
            })}
          </div>
          {start && (
            <TermsDialog open={editing !== null} onClose={() => setEditing(null)} lead={t('network.minimums.lead')} terms={start} busy={busy} wrong={wrong}
              onSave={async (warranty) => {
                if (!editing || !warranty || !(await act({ input: { kind: editing, warranty } }))) return false
                toast(t('kit.saved'))
                again()
                return true
              }} />
          )}
        </div>
      )}
    </Loaded>
  )
}
