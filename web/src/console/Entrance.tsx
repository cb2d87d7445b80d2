import { useState, type FormEvent } from 'react'
import { useMutation } from 'urql'
import { graphql } from '@/gql'
import { useArrival } from '@/lib/arrival.tsx'
import { headersOf } from '@/lib/client.ts'
import { troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { Card, Notice } from '@/ui/parts.tsx'
import { session } from './desk.ts'

const ConsoleSignInDocument = graphql(`
  mutation ConsoleSignIn($input: SessionCreateInput!) {
    sessionCreate(input: $input) { session { token expiresAt } errors { code message path } }
  }
`)

/** Where staff sign in: at which tenant, and as whom. */
export function Entrance() {
  const { t } = useWords()
  const heading = useArrival(t('entrance.title'))
  const [{ fetching }, enter] = useMutation(ConsoleSignInDocument)
  const [wrong, setWrong] = useState<string[]>([])
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const tenant = String(form.get('tenant')).trim().toLowerCase()
    const { data, error } = await enter(
      { input: { email: String(form.get('email')), password: String(form.get('password')) } },
      { fetchOptions: { headers: headersOf({ tenant, token: null }) } },
    )
    const made = data?.sessionCreate.session
    if (!made) return setWrong(troubles(t, error, data?.sessionCreate.errors))
    session.signIn({ tenant, token: made.token, expiresAt: made.expiresAt })
  }
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <Card className="w-full max-w-md">
        <h1 ref={heading} tabIndex={-1} className="mb-1 text-2xl font-semibold outline-none">{t('entrance.title')}</h1>
        <p className="mb-4 text-muted">{t('entrance.lead')}</p>
        <form onSubmit={submit} className="flex flex-col gap-4">
          {wrong.map((one) => <Notice key={one} tone="bad">{one}</Notice>)}
          <TextField name="tenant" label={t('entrance.tenant')} hint={t('entrance.tenant.hint')} required pattern="[A-Za-z0-9\-]+" autoComplete="organization" autoCapitalize="none" />
          <TextField name="email" type="email" label={t('entrance.email')} required autoComplete="username" />
          <TextField name="password" type="password" label={t('entrance.password')} required autoComplete="current-password" />
          <Button type="submit" kind="primary" wide busy={fetching}>{t('entrance.signIn')}</Button>
        </form>
      </Card>
    </main>
  )
}
