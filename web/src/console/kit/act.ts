import { useRef, useState } from 'react'
import { useMutation, type AnyVariables, type DocumentInput } from 'urql'
import { faultText, freshKey, refusalText, type Refusal } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'

/** Codes that say little by themselves: what the server says of the case is told too. */
const vague = ['INVALID_INPUT', 'INVALID_TRANSITION', 'LIMIT_EXCEEDED', 'CONFLICT']

type Payload = { errors?: readonly Refusal[] } | null | undefined

/** A mutation with one field, and what it refused: what concerns a field that the form has stands at that field, the
 *  rest above the form. */
export function useAct<Data extends object, Variables extends AnyVariables>(
  document: DocumentInput<Data, Variables>,
  fields: readonly string[] = [],
  /** Messages for codes whose usual words would not fit here. */
  words: Readonly<Record<string, string>> = {},
) {
  const { t } = useWords()
  const [{ fetching }, run] = useMutation(document)
  const [wrong, setWrong] = useState<string[]>([])
  const [atField, setAtField] = useState<Record<string, string>>({})
  const forget = () => {
    setWrong([])
    setAtField({})
  }
  const act = async (variables: Variables): Promise<Data | null> => {
    forget()
    const { data, error } = await run(variables)
    if (error || !data) {
      setWrong(error ? [faultText(t, error)] : [])
      return null
    }
    const refusals = Object.values(data).flatMap((payload) => (payload as Payload)?.errors ?? [])
    const at: Record<string, string> = {}
    const rest: string[] = []
    for (const refusal of refusals) {
      const own = words[refusal.code]
      const what = own ? t(own) : refusalText(t, refusal)
      const said = vague.includes(refusal.code) && what !== refusal.message ? t('kit.refused', { what, detail: refusal.message }) : what
      const field = refusal.path.find((step) => fields.includes(step))
      if (field) at[field] = said
      else rest.push(said)
    }
    setWrong(rest)
    setAtField(at)
    return refusals.length ? null : data
  }
  return { act, busy: fetching, wrong, at: (field: string): string | undefined => atField[field], forget }
}

/** The name of what is about to be done. It stays until that was done, so that trying again does nothing twice. */
export function useKey(): { key: () => string; renew: () => void } {
  const kept = useRef<string | null>(null)
  return {
    key: () => (kept.current ??= freshKey()),
    renew: () => {
      kept.current = null
    },
  }
}
