import { useState } from 'react'
import { Plus } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Loaded } from '../kit/Loaded.tsx'
import { useQuery } from '../kit/query.ts'
import { useMay } from '../viewer.tsx'
import { MakeRole } from './MakeRole.tsx'
import { Matrix } from './Matrix.tsx'
import { builtIn, type Staff } from './staff.ts'

const CatalogueDocument = graphql(`
  query PermissionCatalogue { permissionCatalogue { name roles } }
`)

/** Which role may do what, and roles of the tenant's own. */
export function Roles({ staff, onDone }: { staff: Staff; onDone: () => void }) {
  const { t } = useWords()
  const may = useMay()
  const [making, setMaking] = useState(false)
  const [{ data, error }, ask] = useQuery({ query: CatalogueDocument })
  const own = staff.roles ?? []
  return (
    <Loaded data={data?.permissionCatalogue} error={error} retry={() => ask({ requestPolicy: 'network-only' })}>
      {(catalogue) => (
        <div className="flex flex-col gap-4">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="max-w-prose text-sm text-muted">{t('staff.matrix.lead')}</p>
            {may('staff:write') && <Button kind="primary" icon={<Plus className="size-4" aria-hidden />} onClick={() => setMaking(true)}>{t('staff.make')}</Button>}
          </div>
          <Matrix actions={catalogue.filter((one) => one.roles.length > 0 || own.some((role) => role.actions.includes(one.name))).map((one) => one.name)} roles={[
            ...builtIn.map((role) => ({ key: role, name: t(`staff.role.${role}`), own: false, holds: (action: string) => catalogue.some((one) => one.name === action && one.roles.includes(role)) })),
            ...own.map((role) => ({ key: role.id, name: role.name, own: true, holds: (action: string) => role.actions.includes(action) })),
          ]} />
          {making && <MakeRole actions={catalogue.filter((one) => one.roles.includes('owner')).map((one) => one.name)} onClose={() => setMaking(false)} onDone={onDone} />}
        </div>
      )}
    </Loaded>
  )
}
