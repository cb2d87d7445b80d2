import { useState } from 'react'
import { useMutation } from 'urql'
import { Archive } from 'lucide-react'
import { graphql } from '@/gql'
import { claimOpen } from '@/features/claim/status.tsx'
import { troubles } from '@/lib/errors.ts'
import { follow } from '@/lib/files.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Card, Notice } from '@/ui/parts.tsx'
import { NoteDialog } from './NoteDialog.tsx'
import type { OfClaim } from './shown.ts'

const MakeClaimDossierDocument = graphql(`
  mutation MakeClaimDossier($input: DossierCreateInput!) {
    dossierCreate(input: $input) { dossier { id downloadUrl } errors { code message path } }
  }
`)

/** What the buyer can take away or take back. */
export function ClaimActions({ claim, refresh }: OfClaim) {
  const { t } = useWords()
  const [{ fetching }, make] = useMutation(MakeClaimDossierDocument)
  const [wrong, setWrong] = useState<string[]>([])
  const withdrawable = claimOpen(claim.status) && claim.status !== 'APPROVED'
  const dossier = async () => {
    const { data, error } = await make({ input: { claimId: claim.id } })
    setWrong(troubles(t, error, data?.dossierCreate.errors))
    const made = data?.dossierCreate.dossier
    if (made) follow(made.downloadUrl, `dossier-${claim.order.number}.zip`)
  }
  return (
    <Card aria-labelledby="actions" className="flex flex-col gap-3">
      <h2 id="actions" className="text-lg font-semibold">{t('claim.actions')}</h2>
      {wrong.map((one) => <Notice key={one} tone="bad">{one}</Notice>)}
      <p className="text-sm text-muted">{t('papers.dossier.why')}</p>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" busy={fetching} icon={<Archive className="size-4" aria-hidden />} onClick={() => void dossier()}>{t('papers.dossier')}</Button>
        {withdrawable && <NoteDialog claim={claim} kind="withdraw" refresh={refresh} />}
      </div>
    </Card>
  )
}
