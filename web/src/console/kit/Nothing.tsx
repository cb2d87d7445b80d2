import { useWords } from '@/lib/i18n.tsx'
import { PageHead } from '@/ui/parts.tsx'
import { Missing } from '@/ui/states.tsx'

/** A page of something that is not there. */
export function Nothing() {
  const { t } = useWords()
  return (
    <>
      <PageHead title={t('state.missing')} hidden />
      <Missing />
    </>
  )
}
