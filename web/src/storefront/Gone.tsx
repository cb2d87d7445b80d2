import { Store } from 'lucide-react'
import { useWords } from '@/lib/i18n.tsx'
import { EmptyState } from '@/ui/parts.tsx'
import { Missing } from '@/ui/states.tsx'
import { useSite } from './site.tsx'

/** What is not on sale here: because the shop sells nothing at the moment, or because there is no such thing. */
export function Gone() {
  const { t } = useWords()
  const site = useSite()
  if (!site || site.status === 'ACTIVE') return <Missing />
  return <EmptyState icon={<Store />} title={t('frame.closed')}>{t('frame.suspended')}</EmptyState>
}
