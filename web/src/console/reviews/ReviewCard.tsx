import { useState, type FormEvent } from 'react'
import { graphql } from '@/gql'
import type { DeskReviewsQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextArea } from '@/ui/Field.tsx'
import { Notice, Stars } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { Wrong } from '../kit/Wrong.tsx'
import { useMay } from '../viewer.tsx'

const ReplyDocument = graphql(`
  mutation ReviewReply($input: ReviewReplyInput!) {
    reviewReply(input: $input) { review { id reply { at text version } } errors { code message path } }
  }
`)
const ModerateDocument = graphql(`
  mutation ReviewModerate($input: ReviewModerateInput!) {
    reviewModerate(input: $input) { review { id removed { at reason } } errors { code message path } }
  }
`)

type Node = Extract<NonNullable<DeskReviewsQuery['node']>, { __typename: 'Tenant' }>
type Review = NonNullable<Node['reviews']>['nodes'][number]

/** One review: what was said, the shop's answer, and that it was removed, where it was. */
export function ReviewCard({ review, mine, onDone }: { review: Review; mine: boolean; onDone: () => void }) {
  const { t, time } = useWords()
  const may = useMay()
  const [open, setOpen] = useState<'reply' | 'moderate' | null>(null)
  const moderate = useAct(ModerateDocument)
  const removed = !!review.removed
  return (
    <li className="flex flex-col gap-2 py-4 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <p className="font-medium">{review.title}</p>
        <time dateTime={review.postedAt} className="text-xs text-muted">{time(review.postedAt)}</time>
      </div>
      {review.stars != null && (
        <p className="flex flex-wrap items-center gap-x-5 gap-y-1 text-sm">
          <Stars value={review.stars} label={t('ratings.stars', { stars: review.stars })} />
          {review.warrantyStars != null && <span className="inline-flex items-center gap-2 text-muted">{t('ratings.warranty')} <Stars value={review.warrantyStars} label={t('ratings.stars', { stars: review.warrantyStars })} /></span>}
        </p>
      )}
      {review.text && <p className="whitespace-pre-line">{review.text}</p>}
      {review.removed && <Notice tone="neutral" title={t('ratings.removed', { at: time(review.removed.at) })}>{review.removed.reason}</Notice>}
      {review.reply && (
        <div className="rounded-md bg-sunken px-4 py-3">
          <p className="text-xs text-muted">{t('ratings.reply', { at: time(review.reply.at), version: review.reply.version })}</p>
          <p className="text-sm whitespace-pre-line">{review.reply.text}</p>
        </div>
      )}
      <div className="flex flex-wrap gap-2">
        {mine && may('review:reply') && !removed && open !== 'reply' && <Button size="sm" onClick={() => setOpen('reply')}>{t(review.reply ? 'ratings.reply.change' : 'ratings.reply.do')}</Button>}
        {may('review:moderate') && <Button size="sm" kind={removed ? 'secondary' : 'danger'} onClick={() => setOpen('moderate')}>{t(removed ? 'ratings.restore' : 'ratings.remove')}</Button>}
      </div>
      {open === 'reply' && <Reply review={review} onClose={() => setOpen(null)} onDone={onDone} />}
      {open === 'moderate' && (
        <Ask open onClose={() => setOpen(null)} title={t(removed ? 'ratings.restore' : 'ratings.remove')} confirm={t(removed ? 'ratings.restore' : 'ratings.remove')} kind={removed ? 'primary' : 'danger'}
          say={t('ratings.reason')} sayHint={t('ratings.reason.hint')} required most={2000} busy={moderate.busy} wrong={moderate.wrong}
          onConfirm={async (reason) => {
            if (!(await moderate.act({ input: { reviewId: review.id, removed: !removed, reason } }))) return false
            toast(t('kit.saved'))
            onDone()
            return true
          }}>
          <Notice>{t('ratings.remove.means')}</Notice>
        </Ask>
      )}
    </li>
  )
}

function Reply({ review, onClose, onDone }: { review: Review; onClose: () => void; onDone: () => void }) {
  const { t } = useWords()
  const { act, busy, wrong, at } = useAct(ReplyDocument, ['text'])
  const [text, setText] = useState(review.reply?.text ?? '')
  const send = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await act({ input: { reviewId: review.id, text: text.trim() } }))) return
    toast(t('ratings.reply.done'))
    onDone()
    onClose()
  }
  return (
    <form onSubmit={(event) => void send(event)} className="flex flex-col gap-3">
      <Wrong lines={wrong} />
      <TextArea label={t('ratings.reply.text')} hint={t('ratings.reply.hint')} value={text} onChange={(event) => setText(event.target.value)} error={at('text')} maxLength={2000} required />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t('word.cancel')}</Button>
        <Button type="submit" kind="primary" busy={busy} disabled={!text.trim()}>{t('ratings.reply.send')}</Button>
      </div>
    </form>
  )
}
