import { useWords } from '@/lib/i18n.tsx'
import { PageHead } from '@/ui/parts.tsx'
import { useMay } from '../viewer.tsx'
import { Calendar } from './Calendar.tsx'
import { Face } from './Face.tsx'

/** What a tenant sets for itself: how it looks to its buyers, and when its desk works. */
export default function Settings() {
  const { t } = useWords()
  const may = useMay()
  return (
    <>
      <PageHead title={t('place.settings')}>{t('settings.lead')}</PageHead>
      <div className="flex flex-col gap-5">
        {may('tenant:settings') && <Face />}
        {may('calendar:read') && <Calendar />}
      </div>
    </>
  )
}
