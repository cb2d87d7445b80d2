import { useQuery } from 'urql'
import { Look } from '@/features/look/Look.tsx'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { useSigned } from '@/lib/session.ts'
import { ButtonLink } from '@/ui/Button.tsx'
import { Card } from '@/ui/parts.tsx'
import { Page } from '../page.tsx'
import { session } from '../shop.ts'
import { Password } from './Password.tsx'
import { Sessions } from './Sessions.tsx'
import { SignOut } from './SignOut.tsx'

const AccountDocument = graphql(`
  query Account { viewer { user { id displayName email } } }
`)

/** How the pages look here, and the account: for everybody the first, the second for whoever is signed in. */
export default function Settings() {
  const { t } = useWords()
  const signed = useSigned(session) !== null
  const [{ data }] = useQuery({ query: AccountDocument, pause: !signed })
  const user = signed ? data?.viewer?.user : null
  return (
    <Page title={t('frame.settings')}>
      <div className="mx-auto flex max-w-2xl flex-col gap-5">
        <Card aria-labelledby="look" className="flex flex-col gap-4">
          <h2 id="look" className="text-lg font-semibold">{t('look.title')}</h2>
          <Look />
        </Card>
        {signed ? (
          <>
            <Card aria-labelledby="account" className="flex flex-wrap items-center justify-between gap-3">
              <div className="min-w-0">
                <h2 id="account" className="text-lg font-semibold">{user?.displayName ?? t('frame.account')}</h2>
                <p className="text-sm text-muted">{user?.email ?? '\u00a0'}</p>
              </div>
              <SignOut />
            </Card>
            <Sessions />
            <Password email={user?.email ?? ''} />
          </>
        ) : (
          <Card as="div" className="flex flex-wrap items-center justify-between gap-3">
            <p className="text-muted">{t('settings.signedOut')}</p>
            <ButtonLink kind="primary" href="/sign-in?back=%2Fsettings">{t('entrance.signIn')}</ButtonLink>
          </Card>
        )}
      </div>
    </Page>
  )
}
