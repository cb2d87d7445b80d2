import { useState } from 'react'
import { Plus, ScrollText } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { EmptyState, PageHead } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { Loaded } from '../kit/Loaded.tsx'
import { useQuery } from '../kit/query.ts'
import { useMay } from '../viewer.tsx'
import { QualificationCard } from './QualificationCard.tsx'
import { qualificationContext, QualificationsDocument } from './qualification.ts'

const QualificationSubmitDocument = graphql(`
  mutation QualificationSubmit($input: QualificationSubmitInput!) {
    qualificationSubmit(input: $input) { qualification { id } errors { code message path } }
  }
`)

/** A supplier's own papers: what buyers see of them is that they were verified. */
export default function Qualifications() {
  const { t } = useWords()
  const may = useMay()
  const [submitting, setSubmitting] = useState(false)
  const [{ data, error }, ask] = useQuery({ query: QualificationsDocument, variables: {}, context: qualificationContext })
  const again = () => ask({ requestPolicy: 'network-only' })
  const submit = may('qualification:write') && <Button kind="primary" icon={<Plus className="size-4" aria-hidden />} onClick={() => setSubmitting(true)}>{t('licence.submit')}</Button>
  return (
    <>
      <PageHead title={t('place.qualifications')} actions={submit}>{t('licence.lead')}</PageHead>
      <Loaded data={data?.qualifications} error={error} retry={again}>
        {(list) => list.length === 0
          ? <EmptyState icon={<ScrollText />} title={t('licence.none')}>{t('licence.none.supplier')}</EmptyState>
          : <ul className="grid items-start gap-4 lg:grid-cols-2">{list.map((one) => <QualificationCard key={one.id} qualification={one} />)}</ul>}
      </Loaded>
      {submitting && <Submit onClose={() => setSubmitting(false)} onDone={again} />}
    </>
  )
}

function Submit({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const { t } = useWords()
  const { act, busy, wrong, at } = useAct(QualificationSubmitDocument, ['title', 'issuer', 'number', 'validUntil'])
  const [form, setForm] = useState({ title: '', issuer: '', number: '', validUntil: '' })
  const field = (name: keyof typeof form) => ({
    value: form[name], error: at(name),
    onChange: (event: { target: { value: string } }) => setForm((now) => ({ ...now, [name]: event.target.value })),
  })
  return (
    <Ask open onClose={onClose} title={t('licence.submit')} confirm={t('licence.submit.do')} busy={busy} wrong={wrong} ready={!!form.title.trim() && !!form.issuer.trim()}
      onConfirm={async () => {
        const validUntil = form.validUntil ? new Date(`${form.validUntil}T23:59:59`).toISOString() : null
        if (!(await act({ input: { title: form.title.trim(), issuer: form.issuer.trim(), number: form.number.trim() || null, validUntil } }))) return false
        toast(t('licence.submitted.done'))
        onDone()
        return true
      }}>
      <TextField label={t('licence.title')} hint={t('licence.title.hint')} required {...field('title')} maxLength={120} />
      <TextField label={t('licence.issuer')} required {...field('issuer')} maxLength={120} />
      <TextField label={t('licence.number')} {...field('number')} maxLength={120} className="font-mono" />
      <TextField label={t('licence.until')} type="date" hint={t('licence.until.hint')} {...field('validUntil')} />
    </Ask>
  )
}
