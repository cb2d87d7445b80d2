import { useState, type FormEvent } from 'react'
import { useMutation } from 'urql'
import { PencilLine } from 'lucide-react'
import { graphql } from '@/gql'
import { troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Dialog } from '@/ui/Dialog.tsx'
import { TextArea } from '@/ui/Field.tsx'
import { Notice } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { StarInput } from './StarInput.tsx'

const PostReviewDocument = graphql(`
  mutation PostReview($input: ReviewPostInput!) {
    reviewPost(input: $input) { review { id } errors { code message path } }
  }
`)

/** One review of a line, for everybody to read. */
export function WriteReview({ lineId, title, claimed, reviewed }: { lineId: string; title: string; claimed: boolean; reviewed: boolean }) {
  const { t } = useWords()
  const [{ fetching }, post] = useMutation(PostReviewDocument)
  const [open, setOpen] = useState(false)
  const [posted, setPosted] = useState(false)
  const [stars, setStars] = useState(0)
  const [warranty, setWarranty] = useState(0)
  const [wrong, setWrong] = useState<string[]>([])
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (stars === 0) return setWrong([t('review.stars.missing')])
    const text = String(new FormData(event.currentTarget).get('text')).trim()
    const { data, error } = await post({ input: { orderLineId: lineId, stars, ...(text && { text }), ...(warranty > 0 && { warrantyStars: warranty }) } })
    if (data?.reviewPost.errors.some((one) => one.code === 'CONFLICT')) {
      setPosted(true)
      return setWrong([t('review.twice')])
    }
    const said = troubles(t, error, data?.reviewPost.errors)
    setWrong(said)
    if (said.length > 0) return
    setPosted(true)
    setOpen(false)
    toast(t('review.thanks'))
  }
  return (
    <>
      {(posted || reviewed) && !open ? (
        <p className="text-sm text-muted">{t('review.posted')}</p>
      ) : (
        <Button size="sm" kind="quiet" className="self-start" icon={<PencilLine className="size-4" aria-hidden />} onClick={() => setOpen(true)}>{t('review.write')}</Button>
      )}
      <Dialog open={open} onClose={() => setOpen(false)} title={t('review.write')} closeLabel={t('word.close')}>
        <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
          <p className="text-muted">{title}</p>
          {wrong.map((one) => <Notice key={one} tone="bad">{one}</Notice>)}
          <StarInput name="stars" label={t('review.stars')} value={stars} onChange={setStars} />
          {claimed && <StarInput name="warranty" label={t('review.warranty')} value={warranty} onChange={setWarranty} />}
          <TextArea name="text" label={t('review.text')} hint={t('review.text.hint')} maxLength={2000} rows={4} />
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>{t('word.cancel')}</Button>
            <Button type="submit" kind="primary" busy={fetching} disabled={posted}>{t('review.post')}</Button>
          </div>
        </form>
      </Dialog>
    </>
  )
}
