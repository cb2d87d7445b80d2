import { graphql } from '@/gql'
import type { AuditWhere } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { dayOf } from '@/lib/time.ts'
import { TextField } from '@/ui/Field.tsx'
import { FilterBar } from '@/ui/FilterBar.tsx'
import { Picker, type Choice, type Found } from '@/ui/Picker.tsx'
import { useQuery } from '../kit/query.ts'

const ActorsDocument = graphql(`
  query AuditActors { staff { id displayName email } apiKeys { id name } __type(name: "Mutation") { fields { name } } }
`)
export const filterNames = ['who', 'what', 'from', 'to'] as const
type Filters = Record<(typeof filterNames)[number], string>

/** What the address says, as the API is asked. */
export const whereOf = ({ who, what, from, to }: Filters): AuditWhere => ({
  actorId: who || null, operation: what || null, from: dayOf(from, false), to: dayOf(to, true),
})

/** Who did it, what it was, and when. */
export function Filters({ filters, change }: { filters: Filters; change: (changes: Partial<Filters>) => void }) {
  const { t } = useWords()
  const [{ data }] = useQuery({ query: ActorsDocument })
  const actors: Choice[] = [
    ...(data?.staff ?? []).map((one) => ({ id: one.id, text: one.displayName, note: one.email })),
    ...(data?.apiKeys ?? []).map((one) => ({ id: one.id, text: one.name, note: t('audit.key') })),
  ]
  // The API says itself what can be done with it.
  const operations: Choice[] = (data?.__type?.fields ?? []).map(({ name }) => ({ id: name, text: name }))
  const among = (choices: readonly Choice[]) => async (text: string): Promise<Found> => {
    const wanted = text.toLocaleLowerCase()
    return { choices: choices.filter((one) => `${one.text} ${one.note ?? ''}`.toLocaleLowerCase().includes(wanted)) }
  }
  const narrowed = filterNames.some((name) => filters[name])
  return (
    <FilterBar label={t('audit.filter')} onClear={narrowed ? () => change({ who: '', what: '', from: '', to: '' }) : null}>
      <div className="md:w-60"><Picker label={t('audit.who')} none={t('audit.anybody')} value={filters.who ? actors.find((one) => one.id === filters.who) ?? { id: filters.who, text: filters.who } : null} find={among(actors)} onChange={(choice) => change({ who: choice?.id ?? '' })} /></div>
      <div className="md:w-60"><Picker label={t('audit.what')} none={t('audit.anything')} value={filters.what ? { id: filters.what, text: filters.what } : null} find={among(operations)} onChange={(choice) => change({ what: choice?.id ?? '' })} /></div>
      <TextField label={t('orders.from')} type="date" value={filters.from} max={filters.to || undefined} onChange={(event) => change({ from: event.target.value })} />
      <TextField label={t('orders.to')} type="date" value={filters.to} min={filters.from || undefined} onChange={(event) => change({ to: event.target.value })} />
    </FilterBar>
  )
}
