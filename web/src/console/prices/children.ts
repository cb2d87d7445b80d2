import { graphql } from '@/gql'
import { useViewer } from '../viewer.tsx'
import { useQuery } from '../kit/query.ts'

const ChildrenDocument = graphql(`
  query ConsoleChildSites { tenants { id name kind status parent { id } } }
`)

/** The sites right below the tenant in view: those that it sets a price for. */
export function useChildren(): { id: string; name: string }[] {
  const { tenant } = useViewer()
  const [{ data }] = useQuery({ query: ChildrenDocument })
  return (data?.tenants ?? []).filter((one) => one.parent?.id === tenant.id && one.kind === 'SITE' && one.status !== 'REJECTED' && one.status !== 'CLOSED')
}
