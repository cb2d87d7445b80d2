import type { CombinedError } from 'urql'
import { faultText } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from './Button.tsx'
import { Notice } from './parts.tsx'

type Props = { more?: (() => void) | null; loading?: boolean; error?: CombinedError | null; retry?: () => void }

/** What could not be read of a list whose rows are shown, and the way to try it again. */
export function Incomplete({ error, retry }: Pick<Props, 'error' | 'retry'>) {
  const { t } = useWords()
  if (!error) return null
  return (
    <Notice tone="warn" title={t('table.incomplete')} action={retry && <Button size="sm" onClick={retry}>{t('state.retry')}</Button>}>
      {faultText(t, error)}
    </Notice>
  )
}

/** Below a list: its next page, and what could not be had. */
export function More({ more, loading, error, retry }: Props) {
  const { t } = useWords()
  return (
    <>
      <Incomplete error={error} retry={retry} />
      {more && <div><Button size="sm" busy={loading} onClick={more}>{t('table.more')}</Button></div>}
    </>
  )
}
