import { useState, type FormEvent } from 'react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Panel } from '../kit/Panel.tsx'
import { Wrong } from '../kit/Wrong.tsx'
import type { TenantRow } from './tenants.ts'

const CapDocument = graphql(`
  mutation MarkupCap($input: TenantMarkupCapSetInput!) {
    tenantMarkupCapSet(input: $input) { tenant { id markupCapBasisPoints } errors { code message path } }
  }
`)

/** The most that a child site may add to what it pays. */
export function MarkupCap({ tenant, onDone }: { tenant: TenantRow; onDone: () => void }) {
  const { t } = useWords()
  const { act, busy, wrong, at } = useAct(CapDocument, ['capBasisPoints'])
  // What is in force may change while it is looked at; what somebody wrote stays.
  const [written, setText] = useState<string | null>(null)
  const text = written ?? (tenant.markupCapBasisPoints == null ? '' : String(tenant.markupCapBasisPoints / 100))
  const points = text.trim() === '' ? null : Math.round(Number(text) * 100)
  const bad = points !== null && !(points >= 0)
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await act({ input: { tenantId: tenant.id, capBasisPoints: points } }))) return
    toast(t('kit.saved'))
    onDone()
  }
  return (
    <Panel title={t('tenants.cap')} lead={t('tenants.cap.lead')}>
      <form onSubmit={(event) => void save(event)} className="flex flex-col gap-3">
        <Wrong lines={wrong} />
        <div className="flex flex-wrap items-start gap-2">
          <TextField label={t('tenants.cap.percent')} hint={t('tenants.cap.hint')} value={text} onChange={(event) => setText(event.target.value)} inputMode="decimal" error={at('capBasisPoints') ?? (bad ? t('kit.number.bad') : undefined)} className="max-w-48" />
          <Button type="submit" className="mt-7" busy={busy} disabled={bad}>{t('kit.save')}</Button>
        </div>
      </form>
    </Panel>
  )
}
