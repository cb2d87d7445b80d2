import { graphql } from '@/gql'
import type { TenantTreeQuery } from '@/gql/graphql'
import type { Tone } from '@/ui/parts.tsx'

export const TreeDocument = graphql(`
  query TenantTree {
    tenants { id handle name kind status depth markupCapBasisPoints parent { id } wallet { id available { amount currency } held { amount currency } } }
  }
`)
export type TenantRow = NonNullable<TenantTreeQuery['tenants']>[number]

export const statusTone: Record<TenantRow['status'], Tone> = {
  ACTIVE: 'good', PENDING_REVIEW: 'warn', SUSPENDED: 'bad', REJECTED: 'bad', CLOSED: 'neutral',
}

/** Parents before their children, each child right under its own. */
export function inTree(rows: readonly TenantRow[]): { row: TenantRow; level: number }[] {
  const known = new Set(rows.map((row) => row.id))
  const below = new Map<string, TenantRow[]>()
  for (const row of rows) {
    const parent = row.parent && known.has(row.parent.id) ? row.parent.id : ''
    below.set(parent, [...(below.get(parent) ?? []), row])
  }
  const walk = (id: string, level: number): { row: TenantRow; level: number }[] =>
    (below.get(id) ?? [])
      .toSorted((one, other) => one.kind.localeCompare(other.kind) || one.name.localeCompare(other.name))
      .flatMap((row) => [{ row, level }, ...walk(row.id, level + 1)])
  return walk('', 0)
}
