import { useState, type FormEvent } from 'react'
import { graphql } from '@/gql'
import type { PriceRuleSetInput, RuleLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { cx } from '@/ui/classes.ts'
import { Dialog } from '@/ui/Dialog.tsx'
import { Select, TextField } from '@/ui/Field.tsx'
import { Picker } from '@/ui/Picker.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { useQuery } from '../kit/query.ts'
import { Wrong } from '../kit/Wrong.tsx'
import { useFindProducts } from '../products/find.ts'
import { useViewer } from '../viewer.tsx'
import { RulePreview } from './RulePreview.tsx'
import { ruleOf, writtenOf, type How } from './rule.ts'
import { useChildren } from './children.ts'

const RuleSetDocument = graphql(`
  mutation ConsoleRuleSet($input: PriceRuleSetInput!) {
    priceRuleSet(input: $input) { belowCost { id title } errors { code message path } }
  }
`)
const GoodDocument = graphql(`
  query ConsoleGoodToPrice($id: ID!) {
    node(id: $id) {
      __typename
      ... on Product { id title variants { id title } }
      ... on Variant { id product { id title variants { id title } } }
    }
  }
`)

/** What a new rule begins with: whose price, of what, and how it is made now. */
export type RuleStart = { who: string; productId?: string | null; variantId?: string | null; rule?: RuleLookFragment | null }
const ways: readonly How[] = ['markup', 'add', 'fixed', 'inherit']

/** A rule being written. What it would change is shown before it is saved. */
export function RuleEditor({ start, currency, onClose }: { start: RuleStart | null; currency: string; onClose: () => void }) {
  const { t } = useWords()
  return (
    <Dialog open={start !== null} onClose={onClose} title={t('rule.edit')} closeLabel={t('word.close')} wide>
      {start && <Form start={start} currency={currency} onClose={onClose} />}
    </Dialog>
  )
}

function Form({ start, currency, onClose }: { start: RuleStart; currency: string; onClose: () => void }) {
  const { t } = useWords()
  const { tenant } = useViewer()
  const children = useChildren()
  const [who, setWho] = useState(start.who)
  // What the rule is of: a product, or one variant, by which its product is found.
  const [about, setAbout] = useState(start.variantId ?? start.productId ?? '')
  const [called, setCalled] = useState('…')
  const [variantId, setVariant] = useState(start.variantId ?? '')
  const [{ data }] = useQuery({ query: GoodDocument, variables: { id: about }, pause: !about })
  const node = about ? data?.node : null
  const product = node?.__typename === 'Product' ? node : node?.__typename === 'Variant' ? node.product : null
  const find = useFindProducts('APPROVED')
  const [{ how, text }, setWritten] = useState(() => writtenOf(start.rule))
  const { act, busy, wrong } = useAct(RuleSetDocument)
  const rule = ruleOf(how, text, currency)
  const input: PriceRuleSetInput | null = rule && {
    rule,
    forEveryone: who === 'everyone',
    childTenantId: who === 'everyone' || who === 'buyers' ? null : who,
    variantId: variantId || null,
    productId: variantId ? null : about.startsWith('prd_') ? about : null,
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!input) return
    const done = await act({ input })
    if (!done) return
    const below = done.priceRuleSet.belowCost.length
    toast(below > 0 ? t('rule.savedBelow', { count: below }) : t('rule.saved'), below > 0 ? 'bad' : 'good')
    onClose()
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
      <Wrong lines={wrong} />
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
        <Select label={t('rule.who')} value={who} onChange={(event) => setWho(event.target.value)}>
          {tenant.kind === 'SITE' && <option value="buyers">{t('ladder.buyers')}</option>}
          <option value="everyone">{t(tenant.kind === 'SITE' ? 'rule.everyone' : 'rule.everyChild')}</option>
          {children.map((child) => <option key={child.id} value={child.id}>{child.name}</option>)}
        </Select>
        <Picker label={t('rule.product')} none={t('rule.everything')} value={about ? { id: product?.id ?? about, text: product?.title ?? called } : null} find={find}
          onChange={(choice) => { setAbout(choice?.id ?? ''); setCalled(choice?.text ?? '…'); setVariant('') }} />
        <Select label={t('rule.variant')} value={variantId} disabled={!product} onChange={(event) => { setVariant(event.target.value); if (product) setAbout(product.id) }}>
          <option value="">{t('rule.everyVariant')}</option>
          {product?.variants.map((one) => <option key={one.id} value={one.id}>{one.title}</option>)}
        </Select>
      </div>
      <fieldset>
        <legend className="mb-2 text-sm font-medium">{t('rule.how')}</legend>
        <div className="grid grid-cols-2 gap-2 sm:grid-cols-4">
          {ways.map((way) => (
            <label key={way} className={cx('flex min-h-11 cursor-pointer items-center justify-center rounded-md border px-3 text-center text-sm has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent-ink', way === how ? 'border-accent bg-accent-soft font-medium text-accent-ink' : 'border-line-strong hover:bg-sunken')}>
              <input type="radio" name="how" value={way} checked={way === how} onChange={() => setWritten({ how: way, text: way === how ? text : '' })} className="sr-only" />
              {t(`rule.way.${way}`)}
            </label>
          ))}
        </div>
      </fieldset>
      {how !== 'inherit' && (
        <TextField label={t(`rule.value.${how}`, { currency })} hint={t(`rule.hint.${how}`)} inputMode="decimal" autoComplete="off" required className="tabular-nums sm:max-w-56"
          value={text} error={text.trim() !== '' && !rule ? t('rule.bad') : undefined} onChange={(event) => setWritten({ how, text: event.target.value })} />
      )}
      <div>
        <h3 className="mb-2 text-sm font-medium">{t('preview.title')}</h3>
        <RulePreview input={input} />
      </div>
      <div className="sticky -bottom-4 -mx-5 -mb-4 flex flex-wrap justify-end gap-2 border-t border-line bg-surface px-5 py-3">
        <Button onClick={onClose}>{t('word.cancel')}</Button>
        <Button type="submit" kind="primary" busy={busy} disabled={!input}>{t('rule.save')}</Button>
      </div>
    </form>
  )
}
