import { useWords } from '@/lib/i18n.tsx'
import { PageHead } from '@/ui/parts.tsx'
import { oneOf, useAddress } from '../kit/address.ts'
import { Views } from '../kit/Views.tsx'
import { Minimums } from './Minimums.tsx'
import { Rules } from './Rules.tsx'
import { SelfChecks } from './SelfChecks.tsx'

/** What the operator sets for the whole network. */
export default function Network() {
  const { t } = useWords()
  const { said } = useAddress()
  const view = oneOf(['rules', 'minimums', 'checks'], said('view')) ?? 'rules'
  return (
    <>
      <PageHead title={t('place.network')}>{t('network.lead')}</PageHead>
      <Views label={t('network.views')} path="/network" current={view} views={[
        { key: 'rules', name: t('network.rules') },
        { key: 'minimums', name: t('network.minimums') },
        { key: 'checks', name: t('network.checks') },
      ]} />
      {view === 'rules' ? <Rules /> : view === 'minimums' ? <Minimums /> : <SelfChecks />}
    </>
  )
}
