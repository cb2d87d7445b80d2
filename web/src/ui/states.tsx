import { SearchX, ServerCrash } from 'lucide-react'
import type { CombinedError } from 'urql'
import { faultText } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button, ButtonLink } from './Button.tsx'
import { EmptyState, Skeleton } from './parts.tsx'

/** A page is on its way. */
export function Waiting() {
  const { t } = useWords()
  return (
    <div className="flex flex-col gap-4" aria-busy="true" aria-label={t('state.loading')} role="status">
      <Skeleton className="h-9 w-1/2" />
      <Skeleton className="h-40" />
      <Skeleton className="w-2/3" />
    </div>
  )
}

/** Nothing is at this address. */
export function Missing() {
  const { t } = useWords()
  return (
    <EmptyState icon={<SearchX />} title={t('state.missing')} action={<ButtonLink href="/" kind="primary">{t('state.home')}</ButtonLink>}>
      {t('state.missing.why')}
    </EmptyState>
  )
}

/** It could not be fetched, and can be tried again. */
export function Failed({ error, retry }: { error: CombinedError; retry: () => void }) {
  const { t } = useWords()
  return (
    <EmptyState icon={<ServerCrash />} title={t('state.failed')} action={<Button kind="primary" onClick={retry}>{t('state.retry')}</Button>}>
      {faultText(t, error)}
    </EmptyState>
  )
}

/** Drawing it failed, which is our fault; what is around it still stands. */
export function Broken() {
  const { t } = useWords()
  return (
    <EmptyState icon={<ServerCrash />} title={t('state.failed')} action={<Button kind="primary" onClick={() => location.reload()}>{t('state.retry')}</Button>} />
  )
}
