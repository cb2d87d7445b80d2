import { useState } from 'react'
import { CalendarClock } from 'lucide-react'
import { graphql } from '@/gql'
import type { CalendarQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { EmptyState, Skeleton } from '@/ui/parts.tsx'
import { Failed } from '@/ui/states.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { useMay } from '../viewer.tsx'
import { CalendarForm } from './CalendarForm.tsx'
import { clock, days } from './hours.ts'

const CalendarDocument = graphql(`
  query Calendar { workCalendar { timeZone holidays hours { day from to } } }
`)
export type WorkCalendar = NonNullable<CalendarQuery['workCalendar']>

/** When the desk works: its deadlines run in that time alone. */
export function Calendar() {
  const { t } = useWords()
  const may = useMay()
  const [editing, setEditing] = useState(false)
  const [{ data, error }, ask] = useQuery({ query: CalendarDocument, context })
  const again = () => ask({ requestPolicy: 'network-only' })
  const change = may('calendar:write') && !editing && <Button size="sm" onClick={() => setEditing(true)}>{t('kit.change')}</Button>
  return (
    <Panel title={t('settings.calendar')} lead={t('settings.calendar.lead')} actions={data && change}>
      {!data && (error ? <Failed error={error} retry={again} /> : <Skeleton className="h-32" />)}
      {data && editing && <CalendarForm calendar={data.workCalendar ?? null} onClose={() => setEditing(false)} onDone={again} />}
      {data && !editing && (data.workCalendar
        ? <Week calendar={data.workCalendar} />
        : <EmptyState icon={<CalendarClock />} title={t('settings.calendar.none')}>{t('settings.calendar.none.why')}</EmptyState>)}
    </Panel>
  )
}

const context = { additionalTypenames: ['WorkCalendar'] }

function Week({ calendar }: { calendar: WorkCalendar }) {
  const { t, time } = useWords()
  return (
    <div className="flex flex-col gap-4">
      <dl className="flex flex-col gap-2 text-sm">
        {days.map((day) => {
          const of = calendar.hours.filter((one) => one.day === day)
          return (
            <div key={day} className="grid grid-cols-[6rem_1fr] items-center gap-3">
              <dt className="text-muted">{t(`settings.day.${day}`)}</dt>
              <dd className="flex flex-wrap items-center gap-x-4 gap-y-1">
                <svg viewBox="0 0 1440 10" preserveAspectRatio="none" className="h-2.5 w-full max-w-80 min-w-40 flex-1 rounded-full bg-sunken" aria-hidden>
                  {of.map((one) => <rect key={one.from} x={one.from} width={one.to - one.from} height="10" className="fill-accent" />)}
                </svg>
                <span className="tabular-nums">{of.length ? of.map((one) => `${clock(one.from)}–${one.to === 1440 ? '24:00' : clock(one.to)}`).join(', ') : t('settings.closed')}</span>
              </dd>
            </div>
          )
        })}
      </dl>
      <p className="text-sm text-muted">
        {calendar.timeZone}
        {calendar.holidays.length > 0 && ` · ${t('settings.holidays')}: ${calendar.holidays.map((day) => time(`${day}T12:00:00Z`, 'date')).join(t('word.comma'))}`}
      </p>
    </div>
  )
}
