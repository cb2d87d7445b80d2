import type { CombinedError } from 'urql'

/** A refusal in a payload. Its `code` is what is translated; `message` is for whoever reads the API. */
export type Refusal = { code: string; message: string; path: readonly string[] }

type Translate = (id: string, values?: Record<string, unknown>) => string

/** Codes that have no words of their own are told with the server's. */
export function refusalText(t: Translate, refusal: Refusal): string {
  const id = `error.${refusal.code}`
  const said = t(id)
  return said === id ? refusal.message : said
}

/** What a failed request tells a person, with the request's id where there is one. */
export function faultText(t: Translate, error: CombinedError): string {
  if (error.networkError) return t('fault.network')
  const first = error.graphQLErrors[0]
  const code = String(first?.extensions.code ?? 'INTERNAL')
  const request = String(first?.extensions.requestId ?? '')
  const known = (['UNAUTHENTICATED', 'FORBIDDEN', 'THROTTLED', 'UNAVAILABLE', 'TENANT_REQUIRED'] as const).find((one) => one === code)
  return known ? t(`fault.${known}`) : t('fault.INTERNAL', { request })
}

/** The refusals of a mutation's payload, or one made of its fault. Empty: it was done. */
export function troubles(t: Translate, error: CombinedError | undefined, errors: readonly Refusal[] | undefined): string[] {
  if (error) return [faultText(t, error)]
  return (errors ?? []).map((one) => refusalText(t, one))
}

/** A name for one intention: a second try with it does nothing twice. */
export function freshKey(): string {
  // Not `randomUUID`: that is there under https alone.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
