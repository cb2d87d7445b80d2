import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import { Boxes, LayoutDashboard, Percent, ReceiptText, Tags, Upload, type LucideIcon } from 'lucide-react'
import type { TenantKind } from '@/gql/graphql'

export type Place = {
  /** Below `/console`, in wouter's patterns. */
  path: string
  /** The message that names it in the menu; left out: it is not in the menu. */
  name?: string
  icon?: LucideIcon
  group?: 'trade' | 'care' | 'people' | 'money'
  /** Any of these lets it be seen; left out: everybody may. */
  needs?: string[]
  kinds?: TenantKind[]
  page: LazyExoticComponent<ComponentType<{ params: Record<string, string> }>>
}

/** Every page of the console, in the menu's order. */
export const places: Place[] = [
  { path: '/', name: 'place.dashboard', icon: LayoutDashboard, page: lazy(() => import('./dashboard/Dashboard.tsx')) },

  { path: '/orders', name: 'place.orders', icon: ReceiptText, group: 'trade', needs: ['order:read'], page: lazy(() => import('./orders/Orders.tsx')) },
  { path: '/orders/:id', needs: ['order:read'], page: lazy(() => import('./orders/Order.tsx')) },
  { path: '/listings', name: 'place.listings', icon: Tags, group: 'trade', needs: ['price:read'], kinds: ['SITE'], page: lazy(() => import('./listings/Listings.tsx')) },
  { path: '/prices', name: 'place.prices', icon: Percent, group: 'trade', needs: ['price:read'], kinds: ['SITE', 'OPERATOR'], page: lazy(() => import('./prices/Rules.tsx')) },
  { path: '/prices/:id', needs: ['price:read'], kinds: ['SITE', 'OPERATOR'], page: lazy(() => import('./prices/Good.tsx')) },
  { path: '/products', name: 'place.products', icon: Boxes, group: 'trade', needs: ['product:read'], page: lazy(() => import('./products/Products.tsx')) },
  { path: '/products/new', needs: ['product:write'], kinds: ['SUPPLIER'], page: lazy(() => import('./products/NewProduct.tsx')) },
  { path: '/products/:id', needs: ['product:read'], page: lazy(() => import('./products/Product.tsx')) },
  { path: '/imports', name: 'place.imports', icon: Upload, group: 'trade', needs: ['stock:read'], kinds: ['SUPPLIER', 'OPERATOR'], page: lazy(() => import('./imports/Imports.tsx')) },
  { path: '/imports/new', needs: ['stock:import'], kinds: ['SUPPLIER'], page: lazy(() => import('./imports/NewImport.tsx')) },
  { path: '/imports/:id', needs: ['stock:read'], kinds: ['SUPPLIER', 'OPERATOR'], page: lazy(() => import('./imports/Import.tsx')) },
  { path: '/recalls/:id', needs: ['recall:read'], kinds: ['SUPPLIER', 'OPERATOR'], page: lazy(() => import('./imports/Recall.tsx')) },
]
