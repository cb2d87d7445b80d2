import { useState } from 'react'
import { useMutation } from 'urql'
import { graphql } from '@/gql'
import { troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { mostFiles } from '@/lib/upload.ts'
import { Button } from '@/ui/Button.tsx'
import { Disclosure } from '@/ui/Disclosure.tsx'
import { Notice } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { Uploads } from './Uploads.tsx'
import { useUploads, type Sent } from './useUploads.ts'

const AddEvidenceDocument = graphql(`
  mutation AddEvidence($input: ClaimEvidenceAddInput!) {
    claimEvidenceAdd(input: $input) { claim { id evidence { id } } errors { code message path } }
  }
`)

/** More files for a claim that is open. What was submitted stays. */
export function AddEvidence({ claimId, have, refresh }: { claimId: string; have: number; refresh: () => void }) {
  const { t } = useWords()
  const [sent, setSent] = useState<Sent[]>([])
  const [wrong, setWrong] = useState<string[]>([])
  const [{ fetching }, add] = useMutation(AddEvidenceDocument)
  const uploads = useUploads({ claimId }, have + sent.length, (one) => setSent((all) => [...all, one]))
  const submit = async () => {
    const { data, error } = await add({ input: { claimId, uploadIds: sent.map(({ id }) => id) } })
    const said = troubles(t, error, data?.claimEvidenceAdd.errors)
    setWrong(said)
    if (said.length > 0) return
    setSent([])
    toast(t('evidence.added'))
    refresh()
  }
  if (have >= mostFiles) return <p className="text-sm text-muted">{t('upload.TOO_MANY')}</p>
  return (
    <Disclosure title={t('evidence.add')}>
      <div className="flex flex-col gap-3">
        <Uploads uploads={uploads} sent={sent} onRemove={(id) => setSent((all) => all.filter((one) => one.id !== id))} />
        {wrong.map((one) => <Notice key={one} tone="bad">{one}</Notice>)}
        {sent.length > 0 && <Button kind="primary" className="self-start" busy={fetching} disabled={uploads.busy} onClick={() => void submit()}>{t('evidence.submit', { count: sent.length })}</Button>}
      </div>
    </Disclosure>
  )
}
