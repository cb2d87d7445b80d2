import { useState, type FormEvent } from 'react'
import { useMutation } from 'urql'
import { graphql } from '@/gql'
import { troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { Card, Notice } from '@/ui/parts.tsx'

const ChangePasswordDocument = graphql(`
  mutation ChangePassword($input: PasswordChangeInput!) { passwordChange(input: $input) { errors { code message path } } }
`)

/** Another password. All other sessions end with it. */
export function Password({ email }: { email: string }) {
  const { t } = useWords()
  const [{ fetching }, change] = useMutation(ChangePasswordDocument)
  const [wrong, setWrong] = useState<string[]>([])
  const [done, setDone] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    const { data, error } = await change({ input: { current: String(form.get('current')), new: String(form.get('new')) } })
    const errors = data?.passwordChange.errors
    const said = errors?.some((one) => one.code === 'INVALID_CREDENTIALS') ? [t('settings.password.wrong')] : troubles(t, error, errors)
    setWrong(said)
    setDone(said.length === 0)
    if (said.length === 0) element.reset()
  }
  return (
    <Card aria-labelledby="password">
      <h2 id="password" className="mb-3 text-lg font-semibold">{t('settings.password')}</h2>
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        {done && <Notice tone="good">{t('settings.password.done')}</Notice>}
        {wrong.map((one) => <Notice key={one} tone="bad">{one}</Notice>)}
        {/* So that a password manager knows whose password it is. */}
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <TextField name="current" type="password" label={t('settings.password.current')} required maxLength={200} autoComplete="current-password" />
        <TextField name="new" type="password" label={t('settings.password.new')} hint={t('entrance.password.hint')} required minLength={8} maxLength={200} autoComplete="new-password" />
        <Button type="submit" busy={fetching} className="self-start">{t('settings.password.change')}</Button>
      </form>
    </Card>
  )
}
