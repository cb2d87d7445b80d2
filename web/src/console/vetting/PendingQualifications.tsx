import { useState } from 'react'
import { ScrollText } from 'lucide-react'
import { graphql } from '@/gql'
import type { QualificationStatus } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Select } from '@/ui/Field.tsx'
import { EmptyState, Notice } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { oneOf, useAddress } from '../kit/address.ts'
import { Ask } from '../kit/Ask.tsx'
import { Loaded } from '../kit/Loaded.tsx'
import { useQuery } from '../kit/query.ts'
import { QualificationCard } from './QualificationCard.tsx'
import { qualificationContext, QualificationsDocument, type Qualification } from './qualification.ts'

const QualificationDecideDocument = graphql(`
  mutation QualificationDecide($input: QualificationDecideInput!) {
    qualificationDecide(input: $input) { qualification { id status } errors { code message path } }
  }
`)

const statuses: QualificationStatus[] = ['PENDING', 'VERIFIED', 'REJECTED', 'EXPIRED']

/** Suppliers' papers, those that wait first of all. */
export function PendingQualifications() {
  const { t } = useWords()
  const { said, set } = useAddress()
  const status = oneOf(statuses, said('status')) ?? 'PENDING'
  const [deciding, setDeciding] = useState<{ one: Qualification; verified: boolean } | null>(null)
  const { act, busy, wrong } = useAct(QualificationDecideDocument)
  const [{ data, error }, ask] = useQuery({ query: QualificationsDocument, variables: { status }, context: qualificationContext })
  const again = () => ask({ requestPolicy: 'network-only' })
  const word = deciding?.verified ? 'verify' : 'reject'
  return (
    <div className="flex flex-col gap-4">
      <div className="max-w-56">
        <Select label={t('licence.status')} value={status} onChange={(event) => set({ status: event.target.value })}>
          {statuses.map((one) => <option key={one} value={one}>{t(`licence.status.${one}`)}</option>)}
        </Select>
      </div>
      <Loaded data={data?.qualifications} error={error} retry={again}>
        {(list) => list.length === 0
          ? <EmptyState icon={<ScrollText />} title={t('licence.none')}>{t('licence.none.operator')}</EmptyState>
          : (
            <ul className="grid items-start gap-4 lg:grid-cols-2">
              {list.map((one) => (
                <QualificationCard key={one.id} named qualification={one} actions={one.status === 'PENDING' && (
                  <>
                    <Button kind="danger" onClick={() => setDeciding({ one, verified: false })}>{t('licence.reject')}</Button>
                    <Button kind="primary" onClick={() => setDeciding({ one, verified: true })}>{t('licence.verify')}</Button>
                  </>
                )} />
              ))}
            </ul>
          )}
      </Loaded>
      {deciding && (
        <Ask open onClose={() => setDeciding(null)} title={`${t(`licence.${word}`)} · ${deciding.one.title}`} say={t('licence.note')} required={!deciding.verified}
          confirm={t(`licence.${word}`)} kind={deciding.verified ? 'primary' : 'danger'} busy={busy} wrong={wrong}
          onConfirm={async (note) => {
            if (!(await act({ input: { qualificationId: deciding.one.id, verified: deciding.verified, note: note || null } }))) return false
            toast(t('kit.saved'))
            again()
            return true
          }}>
          <Notice>{t(`licence.means.${word}`)}</Notice>
        </Ask>
      )}
    </div>
  )
}
