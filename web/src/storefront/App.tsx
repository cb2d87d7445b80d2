import { lazy, Suspense } from 'react'
import { Route, Router, Switch } from 'wouter'
import type { Place } from '@/lib/place.ts'
import { Toasts } from '@/ui/Toasts.tsx'
import { Frame } from './Frame.tsx'
import { Home } from './Home.tsx'
import { Product } from './Product.tsx'
import { Missing, Waiting } from '@/ui/states.tsx'

// What a first visit does not need is fetched when it is gone to.
const Entrance = lazy(() => import('./Entrance.tsx'))

export function App({ place }: { place: Place }) {
  return (
    <Router base={place.base}>
      <Frame>
        <Suspense fallback={<Waiting />}>
          <Switch>
            <Route path="/" component={Home} />
            <Route path="/p/:id">{({ id }) => <Product id={id} key={id} />}</Route>
            <Route path="/sign-in"><Entrance key="sign-in" register={false} /></Route>
            <Route path="/register"><Entrance key="register" register /></Route>
            <Route><Missing /></Route>
          </Switch>
        </Suspense>
      </Frame>
      <Toasts />
    </Router>
  )
}
