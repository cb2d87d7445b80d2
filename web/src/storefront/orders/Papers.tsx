import { useState } from 'react'
import { useClient, useMutation } from 'urql'
import { Archive, FileCheck2, Printer } from 'lucide-react'
import { Link } from 'wouter'
import { graphql } from '@/gql'
import { faultText, troubles } from '@/lib/errors.ts'
import { fileSize, follow } from '@/lib/files.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { save } from '@/ui/csv.ts'
import { Card, Notice } from '@/ui/parts.tsx'
import type { ShownOrder } from './Lines.tsx'

const OrderReceiptDocument = graphql(`
  query OrderReceipt($id: ID!) {
    receipt(orderId: $id) { content fileName fingerprint page pageUntil }
  }
`)
const MakeDossierDocument = graphql(`
  mutation MakeDossier($input: DossierCreateInput!) {
    dossierCreate(input: $input) { dossier { id createdAt byteSize downloadUrl } errors { code message path } }
  }
`)

/** What can be taken away: the receipt that anybody can check, and the dossier for whoever has to decide. */
export function Papers({ order, refresh }: { order: ShownOrder; refresh: () => void }) {
  const { t, time, language } = useWords()
  const client = useClient()
  const [making, make] = useMutation(MakeDossierDocument)
  const [busy, setBusy] = useState<'file' | 'page' | null>(null)
  const [wrong, setWrong] = useState<string[]>([])
  const delivered = order.lines.some((line) => line.deliveries.length > 0)
  const receipt = async (as: 'file' | 'page') => {
    setBusy(as)
    setWrong([])
    // Opened now, while the browser still knows that it was asked for.
    const tab = as === 'page' ? open('', '_blank') : null
    const { data, error } = await client.query(OrderReceiptDocument, { id: order.id }, { requestPolicy: 'network-only' })
    setBusy(null)
    if (!data?.receipt) {
      tab?.close()
      const code = String(error?.graphQLErrors[0]?.extensions.code ?? '')
      return setWrong([error && t(`error.${code}`) === `error.${code}` ? faultText(t, error) : t(`error.${code}`)])
    }
    if (as === 'file') save(data.receipt.fileName, data.receipt.content, 'application/json')
    else if (tab) {
      tab.opener = null
      tab.location.href = data.receipt.page
    }
  }
  const dossier = async () => {
    const { data, error } = await make({ input: { orderId: order.id } })
    const made = data?.dossierCreate.dossier
    setWrong(troubles(t, error, data?.dossierCreate.errors))
    if (!made) return
    follow(made.downloadUrl, `dossier-${order.number}.zip`)
    refresh()
  }
  return (
    <Card aria-labelledby="papers" className="flex flex-col gap-3">
      <h2 id="papers" className="text-lg font-semibold">{t('papers.title')}</h2>
      {wrong.map((one) => <Notice key={one} tone="bad">{one}</Notice>)}
      <p className="text-sm text-muted">{t(delivered ? 'papers.receipt.why' : 'papers.receipt.later')} {delivered && <Link href="/verify" className="text-accent-ink underline underline-offset-4">{t('papers.verify')}</Link>}</p>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" busy={busy === 'file'} disabled={!delivered} icon={<FileCheck2 className="size-4" aria-hidden />} onClick={() => void receipt('file')}>{t('papers.receipt')}</Button>
        <Button size="sm" busy={busy === 'page'} disabled={!delivered} icon={<Printer className="size-4" aria-hidden />} onClick={() => void receipt('page')}>{t('papers.print')}</Button>
      </div>
      <p className="border-t border-line pt-3 text-sm text-muted">{t('papers.dossier.why')}</p>
      <Button size="sm" busy={making.fetching} className="self-start" icon={<Archive className="size-4" aria-hidden />} onClick={() => void dossier()}>{t('papers.dossier')}</Button>
      {order.dossiers.length > 0 && (
        <ul className="flex flex-col gap-1 text-sm">
          {order.dossiers.map((one) => (
            <li key={one.id}><a className="inline-flex min-h-6 items-center text-accent-ink underline underline-offset-4" href={one.downloadUrl} download>{t('papers.dossier.of', { at: time(one.createdAt) })}</a> <span className="text-muted">{fileSize(one.byteSize, language)}</span></li>
          ))}
        </ul>
      )}
    </Card>
  )
}
