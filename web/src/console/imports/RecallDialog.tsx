import { useState } from 'react'
import { useLocation } from 'wouter'
import { graphql } from '@/gql'
import type { RecallReason, RemedyKind } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Select } from '@/ui/Field.tsx'
import { Notice } from '@/ui/parts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'

const RecallCreateDocument = graphql(`
  mutation ConsoleRecallCreate($input: RecallCreateInput!) { recallCreate(input: $input) { recall { id } errors { code message path } } }
`)

/** A recall is first written as a draft: nothing happens before that was looked at and confirmed. */
export function RecallDialog({ open, importId, onClose }: { open: boolean; importId: string; onClose: () => void }) {
  const { t } = useWords()
  const [, go] = useLocation()
  const [reason, setReason] = useState<RecallReason>('REVOKED')
  const [remedy, setRemedy] = useState<RemedyKind>('REPLACE')
  const { act, busy, wrong } = useAct(RecallCreateDocument)
  return (
    <Ask open={open} onClose={onClose} title={t('recall.begin')} say={t('recall.note')} sayHint={t('recall.note.hint')} required confirm={t('recall.draft')} busy={busy} wrong={wrong}
      onConfirm={async (note) => {
        const done = await act({ input: { importId, reason, remedy, note } })
        const id = done?.recallCreate.recall?.id
        if (!id) return false
        go(`/recalls/${id}`)
        return true
      }}>
      <Notice tone="info">{t('recall.draft.means')}</Notice>
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <Select label={t('recall.reason')} value={reason} onChange={(event) => setReason(event.target.value as RecallReason)}>
          <option value="REVOKED">{t('recall.reason.REVOKED')}</option>
          <option value="COUNTERFEIT">{t('recall.reason.COUNTERFEIT')}</option>
        </Select>
        <Select label={t('recall.remedy')} value={remedy} onChange={(event) => setRemedy(event.target.value as RemedyKind)}>
          <option value="REPLACE">{t('remedy.REPLACE')}</option>
          <option value="REFUND">{t('remedy.REFUND')}</option>
        </Select>
      </div>
    </Ask>
  )
}
