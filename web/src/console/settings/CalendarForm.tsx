import { useRef, useState, type FormEvent } from 'react'
import { Plus, X } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Select, TextField } from '@/ui/Field.tsx'
import { Notice } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Wrong } from '../kit/Wrong.tsx'
import type { WorkCalendar } from './Calendar.tsx'
import { clock, days, minutes, weekOf, zones, type Stretch } from './hours.ts'

const CalendarSetDocument = graphql(`
  mutation CalendarSet($input: WorkCalendarSetInput!) {
    workCalendarSet(input: $input) { calendar { timeZone holidays hours { day from to } } errors { code message path } }
  }
`)

const usual: Pick<WorkCalendar, 'timeZone' | 'holidays'> & { hours: readonly { day: number; from: number; to: number }[] } = { timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, holidays: [], hours: [1, 2, 3, 4, 5].map((day) => ({ day, from: 540, to: 1080 })) }

/** Writes the week, its holidays and where on earth it is. */
export function CalendarForm({ calendar, onClose, onDone }: { calendar: WorkCalendar | null; onClose: () => void; onDone: () => void }) {
  const { t, span, time } = useWords()
  const { act, busy, wrong } = useAct(CalendarSetDocument)
  const start = calendar ?? usual
  const next = useRef(start.hours.length)
  const [stretches, setStretches] = useState<Stretch[]>(() => start.hours.map((one, index) => ({ key: String(index), day: one.day, from: clock(one.from), to: clock(one.to) })))
  const [zone, setZone] = useState(start.timeZone)
  const [holidays, setHolidays] = useState<readonly string[]>(start.holidays)
  const [holiday, setHoliday] = useState('')
  const week = weekOf(stretches)
  const change = (key: string, part: Partial<Stretch>) => setStretches((now) => now.map((one) => (one.key === key ? { ...one, ...part } : one)))
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const hours = stretches.map((one) => ({ day: one.day, from: minutes(one.from, false) ?? 0, to: minutes(one.to, true) ?? 0 }))
    if (!(await act({ input: { timeZone: zone, holidays: [...holidays].sort(), hours } }))) return
    toast(t('kit.saved'))
    onDone()
    onClose()
  }
  return (
    <form onSubmit={(event) => void save(event)} className="flex flex-col gap-5">
      <Wrong lines={wrong} />
      <fieldset className="flex min-w-0 flex-col gap-3">
        <legend className="mb-2 text-sm font-medium">{t('settings.week')}</legend>
        {days.map((day) => (
          <div key={day} className="grid grid-cols-1 gap-2 border-b border-line pb-3 last:border-0 sm:grid-cols-[7rem_1fr] sm:items-start">
            <p className="pt-2.5 text-sm">{t(`settings.day.${day}`)}</p>
            <div className="flex min-w-0 flex-col items-start gap-2">
              {stretches.filter((one) => one.day === day).map((one) => (
                <div key={one.key} className="flex max-w-full items-end gap-1 sm:gap-2">
                  <div className="min-w-0 flex-1"><TextField hideLabel label={t('settings.from', { day: t(`settings.day.${day}`) })} type="time" value={one.from} required onChange={(event) => change(one.key, { from: event.target.value })} /></div>
                  <span className="pb-2.5 text-muted" aria-hidden>–</span>
                  <div className="min-w-0 flex-1"><TextField hideLabel label={t('settings.to', { day: t(`settings.day.${day}`) })} type="time" value={one.to} required onChange={(event) => change(one.key, { to: event.target.value })} /></div>
                  <Button kind="quiet" className="shrink-0 max-sm:px-2" aria-label={t('settings.stretch.remove', { day: t(`settings.day.${day}`) })} icon={<X className="size-4" aria-hidden />} onClick={() => setStretches((now) => now.filter((other) => other.key !== one.key))} />
                </div>
              ))}
              <Button size="sm" kind="quiet" aria-label={t('settings.stretch.add', { day: t(`settings.day.${day}`) })} icon={<Plus className="size-4" aria-hidden />} onClick={() => setStretches((now) => [...now, { key: String(next.current++), day, from: '09:00', to: '18:00' }])}>{t('settings.stretch')}</Button>
            </div>
          </div>
        ))}
        {week === null ? <Notice tone="warn">{t('settings.week.bad')}</Notice> : week < 300 ? <Notice tone="warn">{t('settings.week.short')}</Notice> : <p className="text-sm text-muted">{t('settings.week.sum', { span: span(week * 60) })}</p>}
      </fieldset>
      <div className="max-w-xs">
        <Select label={t('settings.offset')} value={zone} onChange={(event) => setZone(event.target.value)}>
          {zones(zone).map((one) => <option key={one} value={one}>{one}</option>)}
        </Select>
      </div>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 text-sm font-medium">{t('settings.holidays')}</legend>
        <ul className="flex flex-wrap gap-2">
          {[...holidays].sort().map((day) => (
            <li key={day} className="inline-flex items-center rounded-full bg-sunken pl-3 text-sm">
              {time(`${day}T12:00:00Z`, 'date')}
              <button type="button" className="grid size-8 place-items-center rounded-full hover:bg-line" aria-label={t('settings.holiday.remove', { day: time(`${day}T12:00:00Z`, 'date') })} onClick={() => setHolidays((now) => now.filter((one) => one !== day))}><X className="size-4" aria-hidden /></button>
            </li>
          ))}
        </ul>
        <div className="flex flex-wrap items-end gap-2">
          <TextField label={t('settings.holiday')} type="date" value={holiday} onChange={(event) => setHoliday(event.target.value)} />
          <Button disabled={!holiday || holidays.includes(holiday) || holidays.length >= 100} onClick={() => { setHolidays((now) => [...now, holiday]); setHoliday('') }}>{t('settings.holiday.add')}</Button>
        </div>
      </fieldset>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t('word.cancel')}</Button>
        <Button type="submit" kind="primary" busy={busy} disabled={week === null || week < 300}>{t('kit.save')}</Button>
      </div>
    </form>
  )
}
