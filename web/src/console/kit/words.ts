import { useWords } from '@/lib/i18n.tsx'

/** What a table says about itself. */
export function useTableWords() {
  const { t } = useWords()
  return { more: t('kit.more'), export: t('kit.export'), sort: (column: string) => t('kit.sort', { column }) }
}

