import type { ClaimDesk, TenantKind } from '@/gql/graphql'

/** What a tenant is to a claim: one of its parties, or (null) a tier between them, which sees it and decides nothing. */
export function partyOf(tenant: { id: string; kind: TenantKind }, siteId: string): ClaimDesk | null {
  if (tenant.kind === 'OPERATOR') return 'OPERATOR'
  if (tenant.kind === 'SUPPLIER') return 'SUPPLIER'
  return tenant.id === siteId ? 'SITE' : null
}

/** The desk of a tenant of that kind, as far as it has one. */
export const deskOf: Record<TenantKind, ClaimDesk> = { OPERATOR: 'OPERATOR', SUPPLIER: 'SUPPLIER', SITE: 'SITE' }
