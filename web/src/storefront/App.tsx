import { lazy, Suspense, type ReactNode } from 'react'
import { Route, Router, Switch, useLocation } from 'wouter'
import { useWords } from '@/lib/i18n.tsx'
import type { Place } from '@/lib/place.ts'
import { Missing, Waiting } from '@/ui/states.tsx'
import { Toasts } from '@/ui/Toasts.tsx'
import { Frame } from './Frame.tsx'
import { Home } from './home/Home.tsx'
import { Page } from './page.tsx'
import { Product } from './product/Product.tsx'
import { Unbroken } from './Unbroken.tsx'

// What a first visit does not need is fetched when it is gone to.
const Buy = lazy(() => import('./buy/Buy.tsx'))
const Claim = lazy(() => import('./claims/Claim.tsx'))
const ClaimWizard = lazy(() => import('./claims/ClaimWizard.tsx'))
const Entrance = lazy(() => import('./account/Entrance.tsx'))
const Order = lazy(() => import('./orders/Order.tsx'))
const Orders = lazy(() => import('./orders/Orders.tsx'))
const Reviews = lazy(() => import('./product/Reviews.tsx'))
const Settings = lazy(() => import('./account/Settings.tsx'))
const Verify = lazy(() => import('./verify/Verify.tsx'))
const Wallet = lazy(() => import('./account/Wallet.tsx'))

export function App({ place }: { place: Place }) {
  return (
    <Router base={place.base}>
      <Frame>
        <Fenced>
          <Suspense fallback={<Waiting />}>
            <Switch>
              <Route path="/" component={Home} />
              <Route path="/p/:id">{({ id }) => <Product id={id} key={id} />}</Route>
              <Route path="/buy/:id">{({ id }) => <Buy id={id} key={id} />}</Route>
              <Route path="/orders"><Orders /></Route>
              <Route path="/orders/:id">{({ id }) => <Order id={id} key={id} />}</Route>
              <Route path="/orders/:id/claim/:delivery">{({ id, delivery }) => <ClaimWizard orderId={id} deliveryId={delivery} key={delivery} />}</Route>
              <Route path="/claims/:id">{({ id }) => <Claim id={id} key={id} />}</Route>
              <Route path="/wallet"><Wallet /></Route>
              <Route path="/settings"><Settings /></Route>
              <Route path="/reviews"><Reviews /></Route>
              <Route path="/verify"><Verify /></Route>
              <Route path="/sign-in"><Entrance key="sign-in" register={false} /></Route>
              <Route path="/register"><Entrance key="register" register /></Route>
              <Route><Nowhere /></Route>
            </Switch>
          </Suspense>
        </Fenced>
      </Frame>
      <Toasts />
    </Router>
  )
}

/** A page that breaks takes nothing down with it: the frame stays, and another page can be gone to. */
function Fenced({ children }: { children: ReactNode }) {
  const [path] = useLocation()
  return <Unbroken key={path}>{children}</Unbroken>
}

function Nowhere() {
  const { t } = useWords()
  return <Page title={t('state.missing')} hidden><Missing /></Page>
}
