import { useMutation } from 'urql'
import { useLocation } from 'wouter'
import { LogOut } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { signOut } from '../shop.ts'

const SignOutDocument = graphql(`
  mutation SignOut { sessionRevoke { errors { code message path } } }
`)

/** Ends this session, here and at the server. Here in any case: also where the server can't be reached. */
export function SignOut() {
  const { t } = useWords()
  const [, go] = useLocation()
  const [{ fetching }, revoke] = useMutation(SignOutDocument)
  const leave = async () => {
    await revoke({})
    signOut()
    go('/')
  }
  return <Button busy={fetching} icon={<LogOut className="size-4" aria-hidden />} onClick={() => void leave()}>{t('settings.signOut')}</Button>
}
