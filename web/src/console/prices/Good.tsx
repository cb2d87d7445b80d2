import { useState } from 'react'
import { ArrowLeft } from 'lucide-react'
import { Link } from 'wouter'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { PageHead } from '@/ui/parts.tsx'
import { Failed, Waiting } from '@/ui/states.tsx'
import { Nothing } from '../kit/Nothing.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { useMay, useViewer } from '../viewer.tsx'
import { Ladder, type Whose } from './Ladder.tsx'
import { OnSale } from './OnSale.tsx'
import { RuleEditor, type RuleStart } from './RuleEditor.tsx'

const LadderDocument = graphql(`
  query ConsoleLadder($id: ID!) {
    priceLadder(variantId: $id) { ...PriceLadderLook }
  }
`)

/** One good as this tenant prices it: the ladder, the rules behind it, and whether it is on sale here. */
export default function Good({ params }: { params: Record<string, string> }) {
  const { t } = useWords()
  const { tenant } = useViewer()
  const may = useMay()
  const id = params.id ?? ''
  const [{ data, error }, again] = useQuery({ query: LadderDocument, variables: { id } })
  const [editing, setEditing] = useState<RuleStart | null>(null)
  const ladder = data?.priceLadder
  const fresh = () => again({ requestPolicy: 'network-only' })
  if (error && !data) return <Failed error={error} retry={fresh} />
  if (!data) return <Waiting />
  if (!ladder) return <Nothing />
  const change = (whose: Whose) => {
    const rule = whose.kind === 'buyers' ? ladder.rule : ladder.children.find((child) => child.tenant.id === whose.id)?.rule
    setEditing({ who: whose.kind === 'buyers' ? 'buyers' : whose.id, variantId: ladder.variantId, rule })
  }
  const back = tenant.kind === 'SITE' ? { href: '/listings', name: t('place.listings') } : { href: '/products', name: t('place.products') }
  return (
    <>
      <Link href={back.href} className="mb-3 inline-flex min-h-9 items-center gap-2 text-sm text-muted hover:text-ink"><ArrowLeft className="size-4" aria-hidden />{back.name}</Link>
      <PageHead title={ladder.title} />
      <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Panel title={t('ladder.title')} lead={t('ladder.lead')}>
          <Ladder ladder={ladder} sellsToBuyers={tenant.kind === 'SITE'} onChange={may('price:write') ? change : undefined} />
        </Panel>
        {tenant.kind === 'SITE' && <OnSale variantId={ladder.variantId} onChanged={fresh} />}
      </div>
      <RuleEditor start={editing} currency={ladder.unitCost.currency} onClose={() => { setEditing(null); fresh() }} />
    </>
  )
}
