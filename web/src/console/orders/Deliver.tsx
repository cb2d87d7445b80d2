import { useState, type FormEvent } from 'react'
import { Plus, Trash2 } from 'lucide-react'
import { graphql } from '@/gql'
import type { OrderLineLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Dialog } from '@/ui/Dialog.tsx'
import { TextArea, TextField } from '@/ui/Field.tsx'
import { Fact, Facts } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct, useKey } from '../kit/act.ts'
import { Wrong } from '../kit/Wrong.tsx'

const DeliverDocument = graphql(`
  mutation ConsoleLineDeliver($input: OrderLineDeliverInput!) { orderLineDeliver(input: $input) { order { id status } errors { code message path } } }
`)
type Unit = { key: number; secret: string; number: string; password: string }
const blank = (key: number): Unit => ({ key, secret: '', number: '', password: '' })

type Props = { open: boolean; line: OrderLineLookFragment; most: number; onClose: () => void; onDone: () => void }

/** Units handed over by hand: what each buyer gets, or what was done for them. */
export function Deliver(props: Props) {
  const { t } = useWords()
  return (
    <Dialog open={props.open} onClose={props.onClose} title={t('deliver.begin')} closeLabel={t('word.close')} wide>
      {props.open && <Form {...props} />}
    </Dialog>
  )
}

function Form({ line, most, onClose, onDone }: Props) {
  const { t } = useWords()
  const { act, busy, wrong } = useAct(DeliverDocument)
  const name = useKey()
  const [units, setUnits] = useState<Unit[]>(() => Array.from({ length: Math.min(most, 20) }, (_, key) => blank(key)))
  const set = (key: number, change: Partial<Unit>) => {
    // Something else is handed over now than what may have been sent before.
    name.renew()
    setUnits((now) => now.map((one) => (one.key === key ? { ...one, ...change } : one)))
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const contents = units.map((unit) => ({ secret: unit.secret, number: unit.number.trim() || null, password: unit.password.trim() || null }))
    if (!(await act({ input: { orderLineId: line.id, contents, idempotencyKey: name.key() } }))) return
    name.renew()
    toast(t('deliver.done', { count: units.length }))
    onDone()
    onClose()
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
      <Wrong lines={wrong} />
      {line.answers.length > 0 && <Facts className="rounded-md bg-sunken p-4">{line.answers.map((answer) => <Fact key={answer.name} term={answer.label}><span className="font-mono">{answer.value}</span></Fact>)}</Facts>}
      {units.map((unit, index) => (
        <fieldset key={unit.key} className="rounded-md border border-line p-4">
          <legend className="px-1 text-sm font-medium">{t('orders.unit', { number: index + 1 })}</legend>
          <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
            <div className="sm:col-span-2"><TextArea label={t('deliver.secret')} hint={t('deliver.secret.hint')} required maxLength={4000} value={unit.secret} onChange={(event) => set(unit.key, { secret: event.target.value })} /></div>
            <TextField label={t('deliver.number')} autoComplete="off" maxLength={256} value={unit.number} onChange={(event) => set(unit.key, { number: event.target.value })} />
            <TextField label={t('deliver.password')} autoComplete="off" maxLength={1024} value={unit.password} onChange={(event) => set(unit.key, { password: event.target.value })} />
          </div>
          {units.length > 1 && (
            <div className="mt-3 flex justify-end">
              <Button size="sm" kind="quiet" icon={<Trash2 className="size-4" aria-hidden />} onClick={() => { name.renew(); setUnits((now) => now.filter((one) => one.key !== unit.key)) }}>{t('deliver.later')}</Button>
            </div>
          )}
        </fieldset>
      ))}
      {units.length < most && units.length < 100 && <Button className="self-start" icon={<Plus className="size-4" aria-hidden />} onClick={() => { name.renew(); setUnits((now) => [...now, blank(Math.max(...now.map((one) => one.key)) + 1)]) }}>{t('deliver.add')}</Button>}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t('word.cancel')}</Button>
        <Button type="submit" kind="primary" busy={busy} disabled={units.some((unit) => !unit.secret.trim())}>{t('deliver.send', { count: units.length })}</Button>
      </div>
    </form>
  )
}
