import { useEffect, useMemo, useState, type FormEvent } from 'react'
import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql'
import { DOC_EXPLORER_PLUGIN } from '@graphiql/plugin-doc-explorer'
import { createClient } from 'graphql-ws'
import { headersOf } from '@/lib/client.ts'
import { EXAMPLES_PLUGIN } from './examples-plugin.tsx'

const plugins = [HISTORY_PLUGIN, EXAMPLES_PLUGIN]
const kept = 'cardamom:explorer'

type Asker = { tenant: string; token: string }

function remembered(): Asker {
  try {
    return { tenant: '', token: '', ...(JSON.parse(sessionStorage.getItem(kept) ?? '{}') as Partial<Asker>) }
  } catch {
    return { tenant: '', token: '' }
  }
}

const signIn = `mutation($email: String!, $password: String!) {
  sessionCreate(input: { email: $email, password: $password }) { session { token } errors { message } }
}`
type SignedIn = { data?: { sessionCreate: { session: { token: string } | null; errors: { message: string }[] } }; errors?: { message: string }[] }

/** GraphiQL with the two things that every operation here needs: at which tenant it is asked, and as whom. */
export function Explorer() {
  const [asker, setAsker] = useState(remembered)
  const [said, setSaid] = useState('')
  useEffect(() => sessionStorage.setItem(kept, JSON.stringify(asker)), [asker])
  const fetcher = useMemo(() => {
    const { tenant, token } = asker
    return createGraphiQLFetcher({
      url: '/graphql',
      headers: headersOf({ tenant: tenant || null, token: token || null }),
      wsClient: createClient({
        url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
        connectionParams: { ...(tenant ? { tenant } : {}), ...(token ? { authorization: `Bearer ${token}` } : {}) },
      }),
    })
  }, [asker])
  const enter = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headersOf({ tenant: asker.tenant || null, token: null }) },
      body: JSON.stringify({ query: signIn, variables: { email: form.get('email'), password: form.get('password') } }),
    })
    const { data, errors } = (await response.json()) as SignedIn
    const session = data?.sessionCreate.session
    if (session) setAsker({ ...asker, token: session.token })
    setSaid(session ? 'Signed in.' : [...(errors ?? []), ...(data?.sessionCreate.errors ?? [])].map((one) => one.message).join(' '))
  }
  return (
    <main className="explorer">
      <h1>GraphQL explorer</h1>
      <form className="asker" onSubmit={(event) => void enter(event)} aria-label="Who asks">
        <label>Tenant<input value={asker.tenant} placeholder="handle" autoCapitalize="none" onChange={(event) => setAsker({ ...asker, tenant: event.target.value.trim() })} /></label>
        <label className="token">Token<input value={asker.token} placeholder="cds_… or cdk_…" autoComplete="off" onChange={(event) => setAsker({ ...asker, token: event.target.value.trim() })} /></label>
        <label>E-mail<input name="email" type="email" required autoComplete="username" /></label>
        <label>Password<input name="password" type="password" required autoComplete="current-password" /></label>
        <button type="submit">Sign in</button>
        {said && <output>{said}</output>}
      </form>
      <GraphiQL fetcher={fetcher} plugins={plugins} referencePlugin={DOC_EXPLORER_PLUGIN} isHeadersEditorEnabled={false} />
    </main>
  )
}
