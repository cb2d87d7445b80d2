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
  // After the sale, money, people.
  { path: '/claims', name: 'place.claims', group: 'care', needs: ['claim:read'], page: lazy(() => import('./claims/Queue.tsx')) },
  { path: '/claims/:id', needs: ['claim:read'], page: lazy(() => import('./claims/ClaimPage.tsx')) },
  { path: '/reviews', name: 'place.reviews', group: 'care', page: lazy(() => import('./reviews/Reviews.tsx')) },
  { path: '/wallet', name: 'place.wallet', group: 'money', needs: ['wallet:read'], page: lazy(() => import('./money/Wallet.tsx')) },
  { path: '/deposit', name: 'place.deposit', group: 'money', needs: ['guard:read'], kinds: ['SUPPLIER'], page: lazy(() => import('./money/Deposit.tsx')) },
  { path: '/guards', name: 'place.guards', group: 'money', needs: ['guard:read'], kinds: ['OPERATOR'], page: lazy(() => import('./money/Guards.tsx')) },
  { path: '/trial-balance', name: 'place.trialBalance', group: 'money', needs: ['ledger:read'], kinds: ['OPERATOR'], page: lazy(() => import('./money/TrialBalance.tsx')) },
  { path: '/vetting', name: 'place.vetting', group: 'people', needs: ['tenant:decide', 'product:decide', 'qualification:decide'], kinds: ['OPERATOR'], page: lazy(() => import('./vetting/Vetting.tsx')) },
  { path: '/tenants', name: 'place.tenants', group: 'people', needs: ['tenant:read'], kinds: ['OPERATOR', 'SITE'], page: lazy(() => import('./tenants/Tree.tsx')) },
  { path: '/tenants/:id', needs: ['tenant:read'], page: lazy(() => import('./tenants/TenantPage.tsx')) },
  { path: '/qualifications', name: 'place.qualifications', group: 'people', needs: ['qualification:submit', 'qualification:read'], kinds: ['SUPPLIER'], page: lazy(() => import('./vetting/Qualifications.tsx')) },
  { path: '/buyers', name: 'place.buyers', group: 'people', needs: ['buyer:read'], kinds: ['SITE'], page: lazy(() => import('./buyers/Buyers.tsx')) },
  { path: '/buyers/:id', needs: ['buyer:read'], kinds: ['SITE'], page: lazy(() => import('./buyers/BuyerPage.tsx')) },
  { path: '/staff', name: 'place.staff', group: 'people', needs: ['staff:read'], page: lazy(() => import('./staff/StaffPage.tsx')) },
  { path: '/audit', name: 'place.audit', group: 'people', needs: ['audit:read'], page: lazy(() => import('./audit/Audit.tsx')) },
  { path: '/settings', name: 'place.settings', group: 'people', needs: ['tenant:settings', 'calendar:read'], page: lazy(() => import('./settings/Settings.tsx')) },
  { path: '/network', name: 'place.network', group: 'people', needs: ['network:settings', 'terms:minimum'], kinds: ['OPERATOR'], page: lazy(() => import('./network/Network.tsx')) },
  { path: '/account', name: 'place.account', group: 'people', page: lazy(() => import('./account/Account.tsx')) },
]
