import { graphql } from '@/gql'
import type { RuleLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Fact, Facts } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { ruleText } from './rule.ts'

const RuleDeleteDocument = graphql(`
  mutation ConsoleRuleDelete($input: PriceRuleDeleteInput!) {
    priceRuleDelete(input: $input) { belowCost { id title } errors { code message path } }
  }
`)

/** A rule about to be taken away: what it is, and what applies then. */
export function RuleDelete({ rule, what, who, onClose, onDone }: { rule: RuleLookFragment; what: string; who: string; onClose: () => void; onDone: () => void }) {
  const words = useWords()
  const { t } = words
  const { act, busy, wrong } = useAct(RuleDeleteDocument)
  const take = async () => {
    const { variantId, productId, childTenantId, forEveryone } = rule
    const done = await act({ input: { variantId, productId, childTenantId, forEveryone } })
    if (!done) return false
    const below = done.priceRuleDelete.belowCost.length
    toast(below > 0 ? t('rules.deletedBelow', { count: below }) : t('rules.deleted'), below > 0 ? 'bad' : 'good')
    onDone()
    return true
  }
  return (
    <Ask open onClose={onClose} title={t('rules.delete')} confirm={t('rules.delete')} kind="danger" busy={busy} wrong={wrong} onConfirm={take}>
      <Facts className="rounded-md bg-sunken p-4">
        <Fact term={t('rules.what')}>{what}</Fact>
        <Fact term={t('rules.who')}>{who}</Fact>
        <Fact term={t('rules.rule')}>{ruleText(words, rule)}</Fact>
      </Facts>
      <p className="text-sm">{t('rules.delete.means')}</p>
    </Ask>
  )
}
