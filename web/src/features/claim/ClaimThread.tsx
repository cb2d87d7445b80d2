import { useEffect, useRef, useState, type FormEvent } from 'react'
import { CheckCheck, MessagesSquare, Send } from 'lucide-react'
import { graphql } from '@/gql'
import type { ClaimDesk, ClaimMessageLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextArea } from '@/ui/Field.tsx'
import { Notice } from '@/ui/parts.tsx'
import { cx } from '@/ui/classes.ts'

export const ClaimMessageLook = graphql(`
  fragment ClaimMessageLook on ClaimMessage { id at party body readBy }
`)

type Props = {
  messages: readonly ClaimMessageLookFragment[]
  /** Whose eyes these are. */
  me: ClaimDesk
  /** Says something; answers why it could not be said. Left out: nothing can be said any more. */
  onPost?: (body: string) => Promise<string[]>
  /** The last message of the others has been seen. */
  onSeen?: (messageId: string) => void
}

/** What the parties say to each other, and who has read it. */
export function ClaimThread({ messages, me, onPost, onSeen }: Props) {
  const { t, time } = useWords()
  const last = messages.at(-1)
  const unread = last && last.party !== me && !last.readBy.includes(me) ? last.id : null
  const told = useRef<string | null>(null)
  useEffect(() => {
    if (!unread || told.current === unread || !onSeen) return
    const see = () => {
      if (document.visibilityState !== 'visible' || told.current === unread) return
      told.current = unread
      onSeen(unread)
    }
    see()
    document.addEventListener('visibilitychange', see)
    return () => document.removeEventListener('visibilitychange', see)
  }, [unread, onSeen])
  return (
    <div className="flex flex-col gap-4">
      {messages.length === 0 && (
        <p className="flex items-center gap-3 rounded-md bg-sunken px-4 py-3 text-sm text-muted"><MessagesSquare className="size-5 shrink-0" aria-hidden />{t(onPost ? 'claim.thread.empty' : 'claim.thread.none')}</p>
      )}
      <ol className="flex flex-col gap-3" aria-live="polite" aria-relevant="additions" aria-label={t('claim.thread')}>
        {messages.map((message) => {
          const mine = message.party === me
          return (
            <li key={message.id} className={cx('flex max-w-[88%] flex-col gap-1', mine ? 'self-end' : 'self-start')}>
              <span className={cx('px-1 text-xs text-muted', mine && 'text-right')}>
                {mine ? t('claim.thread.you') : t(`desk.${message.party}`)} · <time dateTime={message.at}>{time(message.at)}</time>
              </span>
              <p className={cx('rounded-lg px-3.5 py-2.5 whitespace-pre-line', mine ? 'rounded-tr-sm bg-accent-soft text-ink' : 'rounded-tl-sm bg-sunken')}>{message.body}</p>
              {mine && message.readBy.length > 0 && (
                <span className="flex items-center justify-end gap-1 px-1 text-xs text-muted">
                  <CheckCheck className="size-3.5" aria-hidden />{t('claim.thread.readBy', { who: message.readBy.map((desk) => t(`desk.${desk}`)).join(t('word.comma')) })}
                </span>
              )}
            </li>
          )
        })}
      </ol>
      {onPost && <Compose onPost={onPost} />}
    </div>
  )
}

function Compose({ onPost }: { onPost: (body: string) => Promise<string[]> }) {
  const { t } = useWords()
  const [body, setBody] = useState('')
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<string[]>([])
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!body.trim() || busy) return
    setBusy(true)
    const said = await onPost(body.trim())
    setBusy(false)
    setWrong(said)
    if (said.length === 0) setBody('')
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
      {wrong.map((one) => <Notice key={one} tone="bad">{one}</Notice>)}
      <TextArea label={t('claim.thread.write')} value={body} maxLength={2000} rows={3} onChange={(event) => setBody(event.target.value)} />
      <Button type="submit" kind="primary" busy={busy} disabled={!body.trim()} className="self-end" icon={<Send className="size-4" aria-hidden />}>{t('claim.thread.send')}</Button>
    </form>
  )
}
