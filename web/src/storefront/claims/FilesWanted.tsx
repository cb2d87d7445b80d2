import { Check, Circle } from 'lucide-react'
import type { EvidenceKind } from '@/gql/graphql'
import type { Sent } from '@/features/claim/useUploads.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Select } from '@/ui/Field.tsx'

/** What the terms ask for and no file shows yet. That it was bought is known. */
export const stillWanted = (required: readonly EvidenceKind[], files: readonly Sent[]) =>
  required.filter((kind) => kind !== 'PURCHASE_PROOF' && !files.some((file) => file.kind === kind))

type Props = { required: readonly EvidenceKind[]; files: readonly Sent[]; shows: EvidenceKind | null; onShows: (kind: EvidenceKind | null) => void }

/** The files that the terms ask for, which of them are there, and what the next ones are to show. */
export function FilesWanted({ required, files, shows, onShows }: Props) {
  const { t } = useWords()
  const wanted = stillWanted(required, files)
  return (
    <>
      <div>
        <p className="text-sm font-medium">{t('wizard.evidence.needed')}</p>
        <ul className="mt-2 flex flex-col gap-1.5">
          {required.map((kind) => {
            const there = !wanted.includes(kind)
            return (
              <li key={kind} className="flex items-center gap-2 text-sm">
                {there ? <Check className="size-4 text-good" aria-hidden /> : <Circle className="size-4 text-muted" aria-hidden />}
                {t(`evidence.kind.${kind}`)}
                <span className="text-muted">{t(there ? 'wizard.evidence.there' : 'wizard.evidence.wanted')}</span>
              </li>
            )
          })}
        </ul>
      </div>
      <Select label={t('wizard.evidence.shows')} value={shows ?? ''} onChange={(event) => onShows((event.target.value || null) as EvidenceKind | null)}>
        <option value="">{t('wizard.evidence.shows.auto')}</option>
        {(['SCREENSHOT', 'VIDEO', 'LOG', 'CHAT_EXCERPT', 'OTHER'] as const).map((kind) => <option key={kind} value={kind}>{t(`evidence.kind.${kind}`)}</option>)}
      </Select>
    </>
  )
}
