import { Scale } from 'lucide-react'
import { graphql } from '@/gql'
import type { TrialBalanceQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { decimal, micros } from '@/lib/money.ts'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { EmptyState, Notice, PageHead } from '@/ui/parts.tsx'
import { Button } from '@/ui/Button.tsx'
import { Loaded } from '../kit/Loaded.tsx'
import { useQuery } from '../kit/query.ts'
import { Bar } from './Bar.tsx'

const TrialBalanceDocument = graphql(`
  query TrialBalance {
    trialBalance { balanced lines { account debit { amount currency } credit { amount currency } } }
  }
`)

type Line = NonNullable<TrialBalanceQuery['trialBalance']>['lines'][number]
const value = (amount: string) => micros(amount) ?? 0n
const net = (line: Line) => value(line.credit.amount) - value(line.debit.amount)

/** The whole network's books on one page, and whether they balance. */
export default function TrialBalance() {
  const { t, money } = useWords()
  const [{ data, error, fetching }, ask] = useQuery({ query: TrialBalanceDocument })
  const again = () => ask({ requestPolicy: 'network-only' })
  return (
    <>
      <PageHead title={t('place.trialBalance')} actions={<Button busy={fetching} onClick={again}>{t('money.trial.again')}</Button>}>{t('money.trial.lead')}</PageHead>
      <Loaded data={data?.trialBalance} error={error} retry={again}>
        {({ balanced, lines }) => {
          const currency = lines[0]?.debit.currency ?? 'CNY'
          const said = (amount: bigint) => money({ amount: decimal(amount), currency })
          const largest = lines.reduce((most, line) => { const size = net(line) < 0n ? -net(line) : net(line); return size > most ? size : most }, 1n)
          const sum = (side: 'debit' | 'credit') => said(lines.reduce((all, line) => all + value(line[side].amount), 0n))
          const name = (line: Line) => { const id = `money.account.${line.account}`; const words = t(id); return words === id ? line.account : words }
          const columns: Column<Line>[] = [
            { key: 'account', head: t('money.trial.account'), value: name, cell: (line) => <span className="font-medium">{name(line)}</span> },
            { key: 'debit', head: t('money.trial.debit'), figures: true, wide: true, value: (line) => value(line.debit.amount), told: (line) => line.debit.amount, cell: (line) => money(line.debit) },
            { key: 'credit', head: t('money.trial.credit'), figures: true, wide: true, value: (line) => value(line.credit.amount), told: (line) => line.credit.amount, cell: (line) => money(line.credit) },
            { key: 'net', head: t('money.trial.net'), figures: true, value: net, told: (line) => decimal(net(line)), cell: (line) => (
              <span className="flex flex-col items-end gap-1">
                <span className="font-medium whitespace-nowrap">{said(net(line))}</span>
                <Bar part={Number((net(line) * 1000n) / largest) / 1000} />
              </span>
            ) },
          ]
          return (
            <div className="flex flex-col gap-5">
              <Notice tone={balanced ? 'good' : 'bad'} title={balanced ? t('money.trial.balanced') : t('money.trial.not')}>
                {t('money.trial.sums', { debit: sum('debit'), credit: sum('credit') })}
              </Notice>
              <DataTable caption={t('place.trialBalance')} columns={columns} rows={lines} rowKey={(line) => line.account} file="trial-balance"
                empty={<EmptyState icon={<Scale />} title={t('money.trial.none')} />} />
            </div>
          )
        }}
      </Loaded>
    </>
  )
}
