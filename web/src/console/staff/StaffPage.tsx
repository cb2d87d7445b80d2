import { useWords } from '@/lib/i18n.tsx'
import { PageHead } from '@/ui/parts.tsx'
import { oneOf, useAddress } from '../kit/address.ts'
import { Loaded } from '../kit/Loaded.tsx'
import { useQuery } from '../kit/query.ts'
import { Views } from '../kit/Views.tsx'
import { Keys } from './Keys.tsx'
import { People } from './People.tsx'
import { Roles } from './Roles.tsx'
import { StaffDocument } from './staff.ts'

/** Who works here, what they may do, and the programs that do it too. */
export default function StaffPage() {
  const { t } = useWords()
  const { said } = useAddress()
  const view = oneOf(['people', 'roles', 'keys'], said('view')) ?? 'people'
  const [{ data, error }, ask] = useQuery({ query: StaffDocument })
  const again = () => ask({ requestPolicy: 'network-only' })
  return (
    <>
      <PageHead title={t('place.staff')}>{t('staff.lead')}</PageHead>
      <Views label={t('staff.views')} path="/staff" current={view} views={[
        { key: 'people', name: t('staff.people'), count: data?.staff?.length },
        { key: 'roles', name: t('staff.roles') },
        { key: 'keys', name: t('staff.keys'), count: data?.apiKeys?.filter((key) => !key.revokedAt).length },
      ]} />
      <Loaded data={data?.staff ? data : null} error={error} retry={again}>
        {(staff) => view === 'people' ? <People staff={staff} onDone={again} /> : view === 'roles' ? <Roles staff={staff} onDone={again} /> : <Keys staff={staff} onDone={again} />}
      </Loaded>
    </>
  )
}
