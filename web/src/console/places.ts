import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import {
  BadgeCheck, Boxes, CircleUser, ClipboardCheck, Globe, LayoutDashboard, Network, Percent, PiggyBank, ReceiptText, Scale, ScrollText, Settings, ShieldAlert, ShieldQuestion, Star, Tags, TicketPercent, Upload, UserCog, Users, Wallet, type LucideIcon,
} from 'lucide-react'
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
  { path: '/coupons', name: 'place.coupons', icon: TicketPercent, group: 'trade', needs: ['coupon:read'], kinds: ['SITE'], page: lazy(() => import('./coupons/Coupons.tsx')) },
  { path: '/imports', name: 'place.imports', icon: Upload, group: 'trade', needs: ['stock:read'], kinds: ['SUPPLIER', 'OPERATOR'], page: lazy(() => import('./imports/Imports.tsx')) },
  { path: '/imports/new', needs: ['stock:import'], kinds: ['SUPPLIER'], page: lazy(() => import('./imports/NewImport.tsx')) },
  { path: '/imports/:id', needs: ['stock:read'], kinds: ['SUPPLIER', 'OPERATOR'], page: lazy(() => import('./imports/Import.tsx')) },
  { path: '/recalls/:id', needs: ['recall:read'], kinds: ['SUPPLIER', 'OPERATOR'], page: lazy(() => import('./imports/Recall.tsx')) },

  { path: '/claims', name: 'place.claims', icon: ShieldQuestion, group: 'care', needs: ['claim:read'], page: lazy(() => import('./claims/Queue.tsx')) },
  { path: '/claims/:id', needs: ['claim:read'], page: lazy(() => import('./claims/ClaimPage.tsx')) },
  { path: '/reviews', name: 'place.reviews', icon: Star, group: 'care', page: lazy(() => import('./reviews/Reviews.tsx')) },
  { path: '/wallet', name: 'place.wallet', icon: Wallet, group: 'money', needs: ['wallet:read'], page: lazy(() => import('./money/Wallet.tsx')) },
  { path: '/deposit', name: 'place.deposit', icon: PiggyBank, group: 'money', needs: ['guard:read'], kinds: ['SUPPLIER'], page: lazy(() => import('./money/Deposit.tsx')) },
  { path: '/guards', name: 'place.guards', icon: ShieldAlert, group: 'money', needs: ['guard:read'], kinds: ['OPERATOR'], page: lazy(() => import('./money/Guards.tsx')) },
  { path: '/trial-balance', name: 'place.trialBalance', icon: Scale, group: 'money', needs: ['ledger:read'], kinds: ['OPERATOR'], page: lazy(() => import('./money/TrialBalance.tsx')) },
  { path: '/vetting', name: 'place.vetting', icon: ClipboardCheck, group: 'people', needs: ['tenant:decide', 'product:decide'], kinds: ['OPERATOR'], page: lazy(() => import('./vetting/Vetting.tsx')) },
  { path: '/tenants', name: 'place.tenants', icon: Network, group: 'people', needs: ['tenant:read'], kinds: ['OPERATOR', 'SITE'], page: lazy(() => import('./tenants/Tree.tsx')) },
  { path: '/tenants/:id', needs: ['tenant:read'], page: lazy(() => import('./tenants/TenantPage.tsx')) },
  { path: '/qualifications', name: 'place.qualifications', icon: BadgeCheck, group: 'people', needs: ['qualification:read'], kinds: ['SUPPLIER'], page: lazy(() => import('./vetting/Qualifications.tsx')) },
  { path: '/buyers', name: 'place.buyers', icon: Users, group: 'people', needs: ['buyer:read'], kinds: ['SITE'], page: lazy(() => import('./buyers/Buyers.tsx')) },
  { path: '/buyers/:id', needs: ['buyer:read'], kinds: ['SITE'], page: lazy(() => import('./buyers/BuyerPage.tsx')) },
  { path: '/staff', name: 'place.staff', icon: UserCog, group: 'people', needs: ['staff:read'], page: lazy(() => import('./staff/StaffPage.tsx')) },
  { path: '/audit', name: 'place.audit', icon: ScrollText, group: 'people', needs: ['staff:read'], page: lazy(() => import('./audit/Audit.tsx')) },
  { path: '/settings', name: 'place.settings', icon: Settings, group: 'people', needs: ['tenant:settings', 'calendar:read'], page: lazy(() => import('./settings/Settings.tsx')) },
  { path: '/network', name: 'place.network', icon: Globe, group: 'people', needs: ['network:read'], kinds: ['OPERATOR'], page: lazy(() => import('./network/Network.tsx')) },
  { path: '/account', name: 'place.account', icon: CircleUser, group: 'people', page: lazy(() => import('./account/Account.tsx')) },
]
