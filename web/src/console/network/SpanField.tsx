import { useId, useState, type ReactNode } from 'react'
import { useWords } from '@/lib/i18n.tsx'
import { Select, TextField } from '@/ui/Field.tsx'

const units = [['days', 86_400], ['hours', 3_600], ['minutes', 60]] as const
const unitOf = (seconds: number) => units.find(([, size]) => seconds % size === 0 && seconds >= size) ?? units[0]

/** A length of time: a number and its unit. Null where none is written. */
export function SpanField({ label, hint, seconds, onChange, error }: { label: string; hint?: ReactNode; seconds: number | null; onChange: (seconds: number | null) => void; error?: string }) {
  const { t } = useWords()
  const id = useId()
  const [unit, setUnit] = useState(() => unitOf(seconds ?? 0)[0])
  const size = units.find(([name]) => name === unit)?.[1] ?? 86_400
  const [text, setText] = useState(() => (seconds === null ? '' : String(seconds / size)))
  const tell = (written: string, of: number) => {
    const value = Number(written)
    onChange(written.trim() !== '' && Number.isFinite(value) && value >= 0 ? Math.round(value * of) : null)
  }
  return (
    <div role="group" aria-labelledby={id} className="min-w-0">
      <p id={id} className="mb-1.5 text-sm font-medium">{label}</p>
      <div className="grid grid-cols-2 gap-2">
        <TextField hideLabel label={t('network.span.count', { label })} inputMode="decimal" value={text} error={error} required onChange={(event) => {
          setText(event.target.value)
          tell(event.target.value, size)
        }} />
        <Select hideLabel label={t('network.span.unit', { label })} value={unit} onChange={(event) => {
          const chosen = units.find(([name]) => name === event.target.value) ?? units[0]
          setUnit(chosen[0])
          tell(text, chosen[1])
        }}>
          {units.map(([name]) => <option key={name} value={name}>{t(`network.span.${name}`)}</option>)}
        </Select>
      </div>
      {hint && <p className="mt-1.5 text-xs text-muted">{hint}</p>}
    </div>
  )
}
