import type { RemedyKind, TermsLookFragment } from '@/gql/graphql'
import { RemedyLine } from '@/features/claim/RemedyLine.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { Fact, Facts } from '@/ui/parts.tsx'
import type { ClaimDraft } from './draft.ts'

/** What one would like, of what the terms offer; and everything once more before it is sent. */
export function WishStep({ terms, draft, files, onWish }: { terms: TermsLookFragment; draft: ClaimDraft; files: number; onWish: (wanted: RemedyKind | null) => void }) {
  const { t, span } = useWords()
  const choice = (value: RemedyKind | null, text: React.ReactNode) => (
    <label key={value ?? 'any'} className="flex min-h-11 cursor-pointer items-center gap-3 rounded-md border border-line px-3 py-2 has-checked:border-accent has-checked:bg-accent-soft">
      <input type="radio" name="wanted" className="size-4 shrink-0 accent-[var(--accent)]" checked={draft.wanted === value} onChange={() => onWish(value)} />
      {text}
    </label>
  )
  return (
    <>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 text-sm text-muted">{t('wizard.wish.why')}</legend>
        {choice(null, t('wizard.wish.any'))}
        {terms.remedies.map((kind) => choice(kind, <RemedyLine kind={kind} />))}
      </fieldset>
      <div className="rounded-md bg-sunken p-4">
        <h3 className="mb-2 font-medium">{t('wizard.review')}</h3>
        <Facts>
          <Fact term={t('wizard.reason')}>{draft.reason && t(`claim.reason.${draft.reason}`)}</Fact>
          <Fact term={t('wizard.description')}><span className="line-clamp-4 whitespace-pre-line">{draft.description}</span></Fact>
          <Fact term={t('wizard.step.evidence')}>{t('wizard.files', { count: files })}</Fact>
        </Facts>
        <p className="mt-3 text-sm text-muted">{t('wizard.then', { span: span(terms.answerWithinSeconds) })}</p>
      </div>
    </>
  )
}
