import { headersOf } from '@/lib/client.ts'
import { session, tenantInView } from '../desk.ts'
import type { CardFormat } from '@/gql/graphql'

/** What the server took, or why it did not. */
export type Taken = { id: string } | { status: number; code: string | null; detail: string | null }

/** Sends a file to `POST /imports/cards`, and tells how much of it has left. `fetch` can't tell that. */
export function uploadCards({ file, variantId, format, dryRun, key, told }: {
  file: Blob; variantId: string; format: CardFormat; dryRun: boolean; key: string; told: (share: number) => void
}): Promise<Taken> {
  return new Promise((done) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/imports/cards?${new URLSearchParams({ variant: variantId, format, dryRun: String(dryRun) })}`)
    const headers = headersOf({ tenant: tenantInView(), token: session.signed?.token ?? null })
    for (const [name, value] of Object.entries({ ...headers, 'idempotency-key': key })) request.setRequestHeader(name, value)
    request.responseType = 'json'
    request.upload.onprogress = (event) => event.lengthComputable && told(event.loaded / event.total)
    request.onload = () => {
      const said = request.response as { import?: { id: string }; code?: string; detail?: string; title?: string } | null
      done(said?.import ? { id: said.import.id } : { status: request.status, code: said?.code ?? null, detail: said?.detail ?? said?.title ?? null })
    }
    request.onerror = () => done({ status: 0, code: null, detail: null })
    request.send(file)
  })
}

/** How a content is written down, by its first line: a row of column names has `secret` among them. */
export function formatOf(beginning: string): CardFormat {
  const first = beginning.replace(/^\ufeff/, '').split(/\r?\n/, 1)[0] ?? ''
  return /(^|[,;\t"\s])secret($|[,;\t"\s])/i.test(first) && /[,;\t]|^"?secret"?$/i.test(first.trim()) ? 'CSV' : 'LINES'
}
