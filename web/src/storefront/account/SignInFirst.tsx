import { useLocation, useSearch } from 'wouter'
import type { ReactNode } from 'react'
import { LogIn } from 'lucide-react'
import { useSigned } from '@/lib/session.ts'
import { useWords } from '@/lib/i18n.tsx'
import { ButtonLink } from '@/ui/Button.tsx'
import { EmptyState } from '@/ui/parts.tsx'
import { Page } from '../page.tsx'
import { session, useCutOff } from '../shop.ts'

/** Where to sign in and come back from. */
export function useSignInHref(): string {
  const [path] = useLocation()
  const query = useSearch()
  return `/sign-in?back=${encodeURIComponent(query ? `${path}?${query}` : path)}`
}

/** A page for somebody who is signed in. Where nobody is, or the session has just ended, it says so and leads there and
 *  back; what was being filled in is kept. */
export function SignInFirst({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useWords()
  const signed = useSigned(session)
  const href = useSignInHref()
  const cutOff = useCutOff()
  if (signed) return <>{children}</>
  return (
    <Page title={title} hidden>
      <EmptyState icon={<LogIn />} title={t(cutOff ? 'signIn.ended' : 'signIn.first')} action={<ButtonLink kind="primary" href={href}>{t('entrance.signIn')}</ButtonLink>}>
        {t(cutOff ? 'signIn.ended.why' : 'signIn.first.why')}
      </EmptyState>
    </Page>
  )
}
