import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import type { TenantKind } from '@/gql/graphql'

export type Place = {
  /** Below `/console`, in wouter's patterns. */
  path: string
  /** The message that names it in the menu; left out: it is not in the menu. */
  name?: string
  group?: 'trade' | 'care' | 'people' | 'money'
  /** Any of these lets it be seen; left out: everybody may. */
  needs?: string[]
  kinds?: TenantKind[]
  page: LazyExoticComponent<ComponentType<{ params: Record<string, string> }>>
}

/** Every page of the console, in the menu's order. */
export const places: Place[] = [
  { path: '/', name: 'place.dashboard', page: lazy(() => import('./dashboard/Dashboard.tsx')) },
]
