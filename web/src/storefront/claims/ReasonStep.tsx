import type { ClaimReason } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { TextArea } from '@/ui/Field.tsx'
import type { ClaimDraft } from './draft.ts'

/** Why, of what the terms cover, and in one's own words. */
export function ReasonStep({ covered, draft, onChange }: { covered: readonly ClaimReason[]; draft: ClaimDraft; onChange: (change: Partial<ClaimDraft>) => void }) {
  const { t } = useWords()
  return (
    <>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 text-sm font-medium">{t('wizard.reason')}</legend>
        <div className="grid gap-2 sm:grid-cols-2">
          {covered.map((reason) => (
            <label key={reason} className="flex min-h-11 cursor-pointer items-center gap-3 rounded-md border border-line px-3 py-2 has-checked:border-accent has-checked:bg-accent-soft">
              <input type="radio" name="reason" className="size-4 shrink-0 accent-[var(--accent)]" checked={draft.reason === reason} onChange={() => onChange({ reason })} />
              {t(`claim.reason.${reason}`)}
            </label>
          ))}
        </div>
      </fieldset>
      <TextArea label={t('wizard.description')} hint={t('wizard.description.hint')} value={draft.description} maxLength={2000} rows={5} required
        onChange={(event) => onChange({ description: event.target.value })} />
    </>
  )
}
