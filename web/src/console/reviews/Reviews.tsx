import { graphql } from '@/gql'
import { StandingPanel } from '@/features/standing/StandingPanel.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { Select } from '@/ui/Field.tsx'
import { PageHead } from '@/ui/parts.tsx'
import { Missing } from '@/ui/states.tsx'
import { useAddress } from '../kit/address.ts'
import { Loaded } from '../kit/Loaded.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { useMay, useViewer } from '../viewer.tsx'
import { ReviewList } from './ReviewList.tsx'

const StandingDocument = graphql(`
  query DeskStanding($id: ID!) {
    node(id: $id) { __typename ... on Tenant { id name kind standing { ...StandingLook } } }
  }
`)
const RatedDocument = graphql(`
  query RatedTenants { tenants { id name kind depth } }
`)

/** How a tenant stands, and what its buyers say. The operator looks at anybody's. */
export default function Reviews() {
  const { t } = useWords()
  const may = useMay()
  const { tenant: own } = useViewer()
  const { said, set } = useAddress()
  const operator = own.kind === 'OPERATOR'
  const [rated] = useQuery({ query: RatedDocument, pause: !may('tenant:read') })
  const others = (rated.data?.tenants ?? []).filter((one) => one.kind !== 'OPERATOR')
  const id = said('tenant') ?? (operator ? others[0]?.id : own.id) ?? ''
  const [{ data, error }, ask] = useQuery({ query: StandingDocument, variables: { id }, pause: !id })
  return (
    <>
      <PageHead title={t('place.reviews')}>{t('ratings.lead')}</PageHead>
      {others.length > 1 && (
        <div className="mb-5 max-w-md">
          <Select label={t('ratings.of')} value={id} onChange={(event) => set({ tenant: event.target.value })}>
            {others.map((one) => <option key={one.id} value={one.id}>{`${'\u00a0\u00a0'.repeat(Math.max(0, one.depth - own.depth))}${one.name}`}</option>)}
          </Select>
        </div>
      )}
      <Loaded data={data} error={error ?? rated.error} retry={() => ask({ requestPolicy: 'network-only' })}>
        {({ node }) => node?.__typename !== 'Tenant' ? <Missing /> : (
          <div className="grid items-start gap-5 lg:grid-cols-[20rem_1fr]">
            <Panel title={t('ratings.standing')}>
              {node.standing ? <StandingPanel standing={node.standing} /> : <p className="text-muted">{t('ratings.standing.none')}</p>}
            </Panel>
            <ReviewList key={id} id={id} mine={id === own.id} />
          </div>
        )}
      </Loaded>
    </>
  )
}
