import type { ReactNode } from 'react'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from './Button.tsx'

/** What a list is narrowed by, above it. */
export function FilterBar({ label, children, onClear }: { label: string; children: ReactNode; onClear?: (() => void) | null }) {
  const { t } = useWords()
  return (
    <div role="search" aria-label={label} className="mb-4 grid grid-cols-1 items-end gap-3 min-[30rem]:grid-cols-2 md:flex md:flex-wrap [&>*]:min-w-0">
      {children}
      {onClear && <Button kind="quiet" onClick={onClear}>{t('table.clear')}</Button>}
    </div>
  )
}
