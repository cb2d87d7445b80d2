import { useState } from 'react'
import { useQuery } from 'urql'
import { graphql } from '@/gql'
import type { MinimumsQuery, ProductKind } from '@/gql/graphql'
import { TermsSummary } from '@/features/warranty/TermsSummary.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Loaded } from '../kit/Loaded.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useMay } from '../viewer.tsx'
import { MinimumForm } from './MinimumForm.tsx'

const MinimumsDocument = graphql(`
  query Minimums { warrantyMinimums { kind warranty { ...TermsLook } } }
`)
export type Terms = NonNullable<MinimumsQuery['warrantyMinimums']>[number]['warranty']

export const kinds: ProductKind[] = ['CARD', 'GIFT_CARD', 'TOP_UP', 'MEMBERSHIP', 'LICENCE', 'SERVICE']

/** The least that goods of each kind are sold under. */
export function Minimums() {
  const { t } = useWords()
  const may = useMay()
  const [editing, setEditing] = useState<ProductKind | null>(null)
  const [{ data, error }, ask] = useQuery({ query: MinimumsDocument })
  const again = () => ask({ requestPolicy: 'network-only' })
  return (
    <Loaded data={data?.warrantyMinimums} error={error} retry={again}>
      {(minimums) => (
        <div className="flex flex-col gap-5">
          <p className="max-w-prose text-sm text-muted">{t('network.minimums.lead')}</p>
          <div className="grid items-start gap-5 lg:grid-cols-2">
            {kinds.map((kind) => {
              const terms = minimums.find((one) => one.kind === kind)?.warranty
              return (
                <Panel key={kind} title={t(`kind.${kind}`)} className={editing === kind ? 'lg:col-span-2' : undefined}
                  actions={may('terms:minimum') && editing !== kind && <Button size="sm" aria-label={t(terms ? 'network.minimum.change' : 'network.minimum.set', { kind: t(`kind.${kind}`) })} onClick={() => setEditing(kind)}>{t(terms ? 'kit.change' : 'network.set')}</Button>}>
                  {editing === kind
                    ? <MinimumForm kind={kind} terms={terms ?? null} onClose={() => setEditing(null)} onDone={again} />
                    : terms ? <TermsSummary terms={terms} /> : <p className="text-sm text-muted">{t('network.minimum.none')}</p>}
                </Panel>
              )
            })}
          </div>
        </div>
      )}
    </Loaded>
  )
}
