import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Select } from '@/ui/Field.tsx'
import { useAct } from '../kit/act.ts'
import { useQuery } from '../kit/query.ts'
import { Wrong } from '../kit/Wrong.tsx'
import { useMay, useViewer } from '../viewer.tsx'
import type { Claim } from './claim.ts'
import { AssignDocument } from './steps.ts'

const HandsDocument = graphql(`
  query ClaimHands { staff { id displayName } }
`)

/** In whose hands the claim is. Who may see the staff gives it to anybody; else one takes it, or puts it back. */
export function Assign({ claim, onDone }: { claim: Claim; onDone: () => void }) {
  const { t } = useWords()
  const may = useMay()
  const { user } = useViewer()
  const { act, busy, wrong } = useAct(AssignDocument)
  const [{ data }] = useQuery({ query: HandsDocument, pause: !may('staff:read') })
  const give = async (userId: string | null) => {
    if (await act({ input: { claimId: claim.id, userId } })) onDone()
  }
  const mine = claim.assignee?.id === user.id
  return (
    <div className="flex flex-col gap-2">
      <Wrong lines={wrong} />
      {data?.staff ? (
        <Select label={t('claimDesk.assignee')} value={claim.assignee?.id ?? ''} disabled={busy} onChange={(event) => void give(event.target.value || null)}>
          <option value="">{t('claimDesk.nobody')}</option>
          {data.staff.map((one) => <option key={one.id} value={one.id}>{one.displayName}{one.id === user.id ? ` (${t('claimDesk.me')})` : ''}</option>)}
        </Select>
      ) : (
        <p className="text-sm"><span className="text-muted">{t('claimDesk.assignee')}: </span>{claim.assignee?.displayName ?? t('claimDesk.nobody')}</p>
      )}
      {!mine && <div><Button size="sm" busy={busy} onClick={() => void give(user.id)}>{t('claimDesk.take')}</Button></div>}
      {mine && <div><Button size="sm" busy={busy} onClick={() => void give(null)}>{t('claimDesk.putBack')}</Button></div>}
    </div>
  )
}
