import { useState, type FormEvent } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { useMutation } from 'urql'
import { graphql } from '@/gql'
import { troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { Card, Notice } from '@/ui/parts.tsx'
import { Page } from '../page.tsx'
import { place, session, useCutOff } from '../shop.ts'
import { useSite } from '../site.tsx'

const SignInDocument = graphql(`
  mutation SignIn($input: SessionCreateInput!) {
    sessionCreate(input: $input) { session { token expiresAt } errors { code message path } }
  }
`)
const RegisterDocument = graphql(`
  mutation Register($input: BuyerRegisterInput!) {
    buyerRegister(input: $input) { session { token expiresAt } errors { code message path } }
  }
`)

/** Where a buyer signs in, or makes an account at this site. */
export default function Entrance({ register }: { register: boolean }) {
  const { t } = useWords()
  const [, go] = useLocation()
  const back = new URLSearchParams(useSearch()).get('back')
  const [entering, enter] = useMutation(SignInDocument)
  const [registering, begin] = useMutation(RegisterDocument)
  const [wrong, setWrong] = useState<string[]>([])
  const cutOff = useCutOff()
  const site = useSite()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [email, password] = [String(form.get('email')), String(form.get('password'))]
    const payload = register
      ? await begin({ input: { email, password, displayName: String(form.get('name')) } }).then((r) => ({ error: r.error, of: r.data?.buyerRegister }))
      : await enter({ input: { email, password } }).then((r) => ({ error: r.error, of: r.data?.sessionCreate }))
    const made = payload.of?.session
    if (!made) {
      const taken = register && payload.of?.errors.some((one) => one.code === 'CONFLICT')
      return setWrong(taken ? [t('entrance.taken')] : troubles(t, payload.error, payload.of?.errors))
    }
    session.signIn({ tenant: place.tenant ?? '', token: made.token, expiresAt: made.expiresAt })
    // Only ever a path of this site.
    go(back?.startsWith('/') && !back.startsWith('//') ? back : '/', { replace: true })
  }
  const query = back ? `?back=${encodeURIComponent(back)}` : ''
  const title = t(register ? 'entrance.register' : 'entrance.signIn')
  return (
    <div className="mx-auto max-w-md">
      <Page title={title} lead={site && t(register ? 'entrance.register.lead' : 'entrance.signIn.lead', { site: site.name })}>
        <Card as="div">
          <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
            {cutOff && wrong.length === 0 && <Notice tone="warn">{t('fault.UNAUTHENTICATED')}</Notice>}
            {wrong.map((one) => <Notice key={one} tone="bad">{one}</Notice>)}
            {register && <TextField name="name" label={t('entrance.name')} required maxLength={60} autoComplete="nickname" />}
            <TextField name="email" type="email" label={t('entrance.email')} required maxLength={254} autoComplete="email" />
            <TextField name="password" type="password" label={t('entrance.password')} required minLength={register ? 8 : undefined} maxLength={200}
              hint={register ? t('entrance.password.hint') : undefined} autoComplete={register ? 'new-password' : 'current-password'} />
            <Button type="submit" kind="primary" wide busy={entering.fetching || registering.fetching}>{title}</Button>
          </form>
        </Card>
        <p className="mt-4 text-center text-sm">
          <Link className="inline-flex min-h-11 items-center text-accent-ink underline underline-offset-4" href={`${register ? '/sign-in' : '/register'}${query}`}>
            {t(register ? 'entrance.haveAccount' : 'entrance.noAccount')}
          </Link>
        </p>
      </Page>
    </div>
  )
}
