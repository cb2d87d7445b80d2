import { lazy, Suspense, type ComponentType, type ReactNode } from 'react'
import { Route, Router, Switch, useLocation } from 'wouter'
import { addWords, useWords, type Language } from '@/lib/i18n.tsx'
import type { Place } from '@/lib/place.ts'
import { Missing, Waiting } from '@/ui/states.tsx'
import { Toasts } from '@/ui/Toasts.tsx'
import { Frame } from './Frame.tsx'
import { Home } from './home/Home.tsx'
import { Page } from './page.tsx'
import { Product } from './product/Product.tsx'
import { Unbroken } from './Unbroken.tsx'

const moreWords = (language: Language) =>
  language === 'en' ? import('virtual:messages/storefront-more/en') : import('virtual:messages/storefront-more/zh-CN')
let worded: Promise<void> | null = null

/** A page that a first visit does not need, and its words: fetched when it is gone to. */
function page<Props>(load: () => Promise<{ default: ComponentType<Props> }>) {
  return lazy(async () => {
    worded ??= addWords(moreWords)
    worded.catch(() => (worded = null))
    const [module] = await Promise.all([load(), worded])
    return module
  })
}

const Buy = page(() => import('./buy/Buy.tsx'))
const Claim = page(() => import('./claims/Claim.tsx'))
const ClaimWizard = page(() => import('./claims/ClaimWizard.tsx'))
const Entrance = page(() => import('./account/Entrance.tsx'))
const Order = page(() => import('./orders/Order.tsx'))
const Orders = page(() => import('./orders/Orders.tsx'))
const Reviews = page(() => import('./product/Reviews.tsx'))
const Settings = page(() => import('./account/Settings.tsx'))
const Verify = page(() => import('./verify/Verify.tsx'))
const Wallet = page(() => import('./account/Wallet.tsx'))

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
