import { Suspense } from 'react'
import { Route, Router, Switch } from 'wouter'
import { OwnerContext } from '@/lib/arrival.tsx'
import { useSigned } from '@/lib/session.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Boundary } from '@/ui/Boundary.tsx'
import { Button } from '@/ui/Button.tsx'
import { Toasts } from '@/ui/Toasts.tsx'
import { session, signOut } from './desk.ts'
import { Entrance } from './Entrance.tsx'
import { Frame } from './Frame.tsx'
import { Nothing } from './kit/Nothing.tsx'
import { useQuery } from './kit/query.ts'
import { places } from './places.ts'
import { Broken, Failed, Waiting } from '@/ui/states.tsx'
import { ViewerContext, ViewerDocument } from './viewer.tsx'

export function App() {
  const signed = useSigned(session)
  return (
    <Router base="/console">
      {signed ? <Desk /> : <Entrance />}
      <Toasts />
    </Router>
  )
}

function Desk() {
  const { t } = useWords()
  const [{ data, error }, again] = useQuery({ query: ViewerDocument })
  if (error && !data) {
    return (
      <main className="flex flex-col items-center p-6">
        <Failed error={error} retry={() => again({ requestPolicy: 'network-only' })} />
        <Button kind="quiet" onClick={signOut}>{t('frame.signOut')}</Button>
      </main>
    )
  }
  if (!data) return <main className="p-6"><Waiting /></main>
  const viewer = data.viewer
  if (!viewer) return <Entrance />
  const open = places.filter((place) =>
    (!place.needs || place.needs.some((need) => viewer.permissions.includes(need))) &&
    (!place.kinds || place.kinds.includes(viewer.tenant.kind)))
  return (
    <ViewerContext value={viewer}><OwnerContext value={viewer.tenant.name}>
      <Frame places={open}>
        <Suspense fallback={<Waiting />}>
          <Switch>
            {open.map(({ path, page: Page }) => (
              <Route key={path} path={path}>{(params) => (
                <Boundary key={Object.values(params).join()} fallback={<Broken />}><Page params={params as Record<string, string>} /></Boundary>
              )}</Route>
            ))}
            <Route><Nothing /></Route>
          </Switch>
        </Suspense>
      </Frame>
    </OwnerContext></ViewerContext>
  )
}
