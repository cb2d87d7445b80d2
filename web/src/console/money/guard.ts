import { graphql } from '@/gql'
import type { GuardQuery } from '@/gql/graphql'

export const GuardDocument = graphql(`
  query Guard($supplierId: ID) {
    supplierGuard(supplierId: $supplierId) {
      supplierId claims claimsLate lateLimitBasisPoints paused
      deposit { amount currency } depositLevel { amount currency }
    }
  }
`)
export type Guard = NonNullable<GuardQuery['supplierGuard']>
