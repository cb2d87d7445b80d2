import { useState } from 'react'
import { Percent, Plus, Trash2 } from 'lucide-react'
import { graphql } from '@/gql'
import type { RuleLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { EmptyState, PageHead } from '@/ui/parts.tsx'
import { Failed } from '@/ui/states.tsx'
import { useMay, useViewer } from '../viewer.tsx'
import { useChildren } from './children.ts'
import { useCurrency } from './currency.ts'
import { ruleText } from './rule.ts'
import { RuleDelete } from './RuleDelete.tsx'
import { RuleEditor, type RuleStart } from './RuleEditor.tsx'
import { useQuery } from '../kit/query.ts'

const RulesDocument = graphql(`
  query ConsoleRules { priceRules { ...RuleLook } }
`)
const NamesDocument = graphql(`
  query ConsoleRuleGoods($ids: [ID!]!) {
    nodes(ids: $ids) { __typename id ... on Product { title } ... on Variant { title product { id title } } }
  }
`)
type Row = RuleLookFragment & { key: string; who: string; what: string; depth: number }

/** Every rule that this tenant makes its prices by, the most specific first. */
export default function Rules() {
  const words = useWords()
  const { t } = words
  const may = useMay()
  const { tenant } = useViewer()
  const currency = useCurrency()
  const [{ data, error }, again] = useQuery({ query: RulesDocument })
  const rows = useRows(data?.priceRules ?? [])
  const [editing, setEditing] = useState<RuleStart | null>(null)
  const [leaving, setLeaving] = useState<Row | null>(null)
  const first: RuleStart = { who: tenant.kind === 'SITE' ? 'buyers' : 'everyone' }
  const columns: Column<Row>[] = [
    { key: 'what', head: t('rules.what'), value: (row) => row.what, cell: (row) => <span className="font-medium">{row.what}</span> },
    { key: 'who', head: t('rules.who'), value: (row) => row.who, cell: (row) => row.who },
    { key: 'rule', head: t('rules.rule'), value: (row) => ruleText(words, row), cell: (row) => ruleText(words, row) },
    {
      key: 'change', head: t('ladder.change'), quiet: true,
      cell: (row) => may('price:write') && (
        <span className="flex flex-wrap gap-1 sm:justify-end">
          <Button size="sm" kind="quiet" aria-label={t('rules.change', { what: row.what, who: row.who })}
            onClick={() => setEditing({ who: row.forEveryone ? 'everyone' : row.childTenantId ?? 'buyers', productId: row.productId, variantId: row.variantId, rule: row })}>
            {t('ladder.change')}
          </Button>
          <Button size="sm" kind="quiet" aria-label={t('rules.delete.one', { what: row.what, who: row.who })} icon={<Trash2 className="size-4" aria-hidden />} onClick={() => setLeaving(row)}>
            {t('rules.delete.short')}
          </Button>
        </span>
      ),
    },
  ]
  return (
    <>
      <PageHead title={t('place.prices')} actions={may('price:write') && <Button kind="primary" icon={<Plus className="size-4" aria-hidden />} onClick={() => setEditing(first)}>{t('rules.new')}</Button>}>
        {t('rules.lead')}
      </PageHead>
      {error && !data ? <Failed error={error} retry={() => again({ requestPolicy: 'network-only' })} /> : (
        <DataTable caption={t('place.prices')} columns={columns} rows={rows} rowKey={(row) => row.key} loading={!data} file="price-rules"
          empty={<EmptyState icon={<Percent />} title={t('rules.empty')} action={may('price:write') && <Button kind="primary" onClick={() => setEditing(first)}>{t('rules.new')}</Button>}>{t('rules.empty.why')}</EmptyState>} />
      )}
      <RuleEditor start={editing} currency={currency} onClose={() => { setEditing(null); again({ requestPolicy: 'network-only' }) }} />
      {leaving && <RuleDelete rule={leaving} what={leaving.what} who={leaving.who} onClose={() => setLeaving(null)} onDone={() => again({ requestPolicy: 'network-only' })} />}
    </>
  )
}

/** Rules with the names of what they are about. */
function useRows(rules: readonly RuleLookFragment[]): Row[] {
  const { t } = useWords()
  const { tenant } = useViewer()
  const children = useChildren()
  const ids = [...new Set(rules.map((rule) => rule.variantId ?? rule.productId).filter((id) => id !== null))].slice(0, 100)
  const [{ data }] = useQuery({ query: NamesDocument, variables: { ids }, pause: ids.length === 0 })
  const names = new Map<string, string>()
  for (const node of data?.nodes ?? []) {
    if (node?.__typename === 'Product') names.set(node.id, node.title)
    if (node?.__typename === 'Variant') names.set(node.id, node.product ? `${node.product.title} · ${node.title}` : node.title)
  }
  const rows = rules.map((rule): Row => {
    const id = rule.variantId ?? rule.productId
    return {
      ...rule,
      key: `${rule.childTenantId ?? ''}:${rule.forEveryone}:${id ?? ''}`,
      depth: rule.variantId ? 0 : rule.productId ? 1 : 2,
      what: id === null ? t('rule.everything') : names.get(id) ?? t('rules.oneGood'),
      who: rule.forEveryone ? t(tenant.kind === 'SITE' ? 'rule.everyone' : 'rule.everyChild')
        : rule.childTenantId ? children.find((child) => child.id === rule.childTenantId)?.name ?? t('rules.oneChild') : t('ladder.buyers'),
    }
  })
  return rows.sort((one, other) => one.depth - other.depth)
}
