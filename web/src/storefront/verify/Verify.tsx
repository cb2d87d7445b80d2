import { useId, useState } from 'react'
import { useClient } from 'urql'
import { CircleCheck, CircleX, FileCheck2 } from 'lucide-react'
import { graphql } from '@/gql'
import type { CheckReceiptQuery } from '@/gql/graphql'
import { faultText } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { CopyButton } from '@/ui/CopyButton.tsx'
import { cx } from '@/ui/classes.ts'
import { Card, Notice } from '@/ui/parts.tsx'
import { Page } from '../page.tsx'

const CheckReceiptDocument = graphql(`
  query CheckReceipt($content: String!) {
    receiptCheck(content: $content) { holds orderNumber parts { name holds detail } }
  }
`)

/** No receipt comes near this. */
const most = 512 * 1024
type Check = NonNullable<CheckReceiptQuery['receiptCheck']>

/** Whether a receipt is true, for whoever was given one: nobody need be signed in. */
export default function Verify() {
  const { t } = useWords()
  const client = useClient()
  const id = useId()
  const [text, setText] = useState('')
  const [over, setOver] = useState(false)
  const [busy, setBusy] = useState(false)
  const [check, setCheck] = useState<Check | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const look = async (content: string) => {
    setCheck(null)
    if (!content.trim()) return setWrong(t('verify.empty'))
    if (content.length > most) return setWrong(t('verify.large'))
    setBusy(true)
    setWrong(null)
    const { data, error } = await client.query(CheckReceiptDocument, { content }, { requestPolicy: 'network-only' })
    setBusy(false)
    if (data?.receiptCheck) setCheck(data.receiptCheck)
    else setWrong(error?.graphQLErrors.some((one) => one.extensions.code === 'INVALID_INPUT') ? t('verify.none') : error ? faultText(t, error) : t('verify.none'))
  }
  const take = async (file: File | undefined) => {
    if (!file) return
    if (file.size > most) {
      setCheck(null)
      return setWrong(t('verify.large'))
    }
    const content = await file.text()
    setText(content)
    await look(content)
  }
  return (
    <div className="mx-auto max-w-2xl">
      <Page title={t('verify.title')} lead={t('verify.lead')}>
        <div className="flex flex-col gap-5">
          <Card as="div" className="flex flex-col gap-4">
            <div
              onDragOver={(event) => { event.preventDefault(); setOver(true) }}
              onDragLeave={() => setOver(false)}
              onDrop={(event) => { event.preventDefault(); setOver(false); void take(event.dataTransfer.files[0]) }}
              className={cx('rounded-lg border-2 border-dashed', over ? 'border-accent bg-accent-soft' : 'border-line-strong')}
            >
              <input id={`${id}-file`} type="file" accept="application/json,.json" className="peer sr-only" onChange={(event) => { void take(event.target.files?.[0]); event.target.value = '' }} />
              <label htmlFor={`${id}-file`} className="flex cursor-pointer flex-col items-center gap-1.5 rounded-lg px-4 py-6 text-center peer-focus-visible:outline-2 peer-focus-visible:outline-accent-ink">
                <FileCheck2 className="size-6 text-accent-ink" aria-hidden />
                <span className="font-medium text-accent-ink">{t('verify.drop')}</span>
                <span className="text-xs text-muted">{t('verify.file')}</span>
              </label>
            </div>
            <form className="flex flex-col gap-3" onSubmit={(event) => { event.preventDefault(); void look(text) }}>
              <label htmlFor={id} className="text-sm font-medium">{t('verify.paste')}</label>
              <textarea id={id} value={text} rows={5} spellCheck={false} onChange={(event) => setText(event.target.value)} className="w-full rounded-md border border-line-strong bg-surface px-3 py-2 font-mono text-sm break-all" />
              <Button type="submit" kind="primary" busy={busy} className="self-start">{t('verify.check')}</Button>
            </form>
            {wrong && <Notice tone="bad">{wrong}</Notice>}
          </Card>
          <div aria-live="polite">{check && <Result check={check} />}</div>
          <Card aria-labelledby="offline">
            <h2 id="offline" className="mb-2 text-lg font-semibold">{t('verify.offline')}</h2>
            <p className="text-sm text-muted">{t('verify.offline.why')}</p>
            <div className="mt-3 flex flex-wrap items-center gap-2 rounded-md bg-sunken p-3">
              <code className="min-w-0 flex-1 text-sm break-all">{command}</code>
              <CopyButton text={command} label={t('word.copy')} done={t('word.copied')} />
            </div>
            <p className="mt-3 text-sm text-muted">{t('verify.offline.key')}</p>
          </Card>
        </div>
      </Page>
    </div>
  )
}

const command = 'cardamom verify receipt.json --key vkey --checkpoint kept'

function Result({ check }: { check: Check }) {
  const { t } = useWords()
  const name = (part: string) => (t(`verify.part.${part}`) === `verify.part.${part}` ? part : t(`verify.part.${part}`))
  return (
    <Card aria-labelledby="result" className="flex flex-col gap-4">
      <h2 id="result" className={cx('flex items-center gap-3 text-xl font-semibold', check.holds ? 'text-good' : 'text-bad')}>
        {check.holds ? <CircleCheck className="size-7 shrink-0" aria-hidden /> : <CircleX className="size-7 shrink-0" aria-hidden />}
        {t(check.holds ? 'verify.holds' : 'verify.fails')}
      </h2>
      {check.orderNumber && <p>{t('wizard.order', { number: check.orderNumber })}</p>}
      <ul className="flex flex-col divide-y divide-line">
        {check.parts.map((part, index) => (
          <li key={`${part.name}:${index}`} className="flex items-start gap-3 py-2.5">
            {part.holds ? <CircleCheck className="mt-0.5 size-5 shrink-0 text-good" aria-hidden /> : <CircleX className="mt-0.5 size-5 shrink-0 text-bad" aria-hidden />}
            <div className="min-w-0">
              <p className="font-medium">{name(part.name)}<span className="sr-only">: {t(part.holds ? 'verify.ok' : 'verify.not')}</span></p>
              {part.detail && <p className="text-sm break-all text-muted">{part.detail}</p>}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  )
}
