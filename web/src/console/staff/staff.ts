import { graphql } from '@/gql'
import type { StaffDeskQuery } from '@/gql/graphql'

export const StaffDocument = graphql(`
  query StaffDesk {
    staff { id displayName email }
    grants { id role principalId subtree tenantId }
    roles { id name actions }
    apiKeys { id name expiresAt revokedAt }
  }
`)
export type Staff = StaffDeskQuery
export type Grant = NonNullable<StaffDeskQuery['grants']>[number]
export type Role = NonNullable<StaffDeskQuery['roles']>[number]

/** Roles that every tenant has. */
export const builtIn = ['owner', 'manager', 'support', 'warranty_agent', 'finance', 'auditor', 'integrator'] as const

/** A grant names its holder by the bare uuid, a person or a key by the prefixed one. */
export const grantsOf = (grants: readonly Grant[], holder: string): Grant[] => {
  const uuid = holder.replace(/^[a-z]+_/, '')
  return grants.filter((grant) => grant.principalId.replace(/^[a-z]+_/, '').replaceAll('-', '') === uuid)
}

type Translate = (id: string) => string
/** What a role is called: a built-in one in the reader's language, a tenant's own as the tenant calls it. */
export function roleName(t: Translate, role: string, own: readonly Role[]): string {
  const known = builtIn.find((one) => one === role)
  if (known) return t(`staff.role.${known}`)
  return own.find((one) => one.id === role)?.name ?? role
}
