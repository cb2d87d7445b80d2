import { useWords } from '@/lib/i18n.tsx'
import { PageHead } from '@/ui/parts.tsx'

/** What a shop's owner wants to know first. */
export default function Dashboard() {
  const { t } = useWords()
  return <PageHead title={t('place.dashboard')} />
}
