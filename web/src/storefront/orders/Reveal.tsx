import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useMutation } from 'urql'
import { Eye, EyeOff } from 'lucide-react'
import { graphql } from '@/gql'
import type { RevealDeliveryMutation } from '@/gql/graphql'
import { troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { CopyButton } from '@/ui/CopyButton.tsx'
import { Notice } from '@/ui/parts.tsx'

const RevealDeliveryDocument = graphql(`
  mutation RevealDelivery($input: DeliveryRevealInput!) {
    deliveryReveal(input: $input) {
      content { secret number password expiresAt }
      delivery { id revealedAt }
      errors { code message path }
    }
  }
`)

type Content = NonNullable<RevealDeliveryMutation['deliveryReveal']['content']>

/** What was bought, once it is asked for: each look is recorded, so it takes a press. Nothing of it is kept. */
export function Reveal({ deliveryId, seen }: { deliveryId: string; seen: boolean }) {
  const { t, time } = useWords()
  const [{ fetching }, reveal] = useMutation(RevealDeliveryDocument)
  const [content, setContent] = useState<Content | null>(null)
  const [wrong, setWrong] = useState<string[]>([])
  const shown = useRef<HTMLDivElement>(null)
  useEffect(() => shown.current?.focus(), [content])
  const look = async () => {
    const { data, error } = await reveal({ input: { deliveryId } })
    setWrong(troubles(t, error, data?.deliveryReveal.errors))
    setContent(data?.deliveryReveal.content ?? null)
  }
  if (!content) {
    return (
      <div className="flex flex-col gap-2">
        {wrong.map((one) => <Notice key={one} tone="bad">{one}</Notice>)}
        <div className="flex flex-wrap items-center gap-3 rounded-md border border-dashed border-line-strong px-4 py-3">
          <span aria-hidden className="min-w-0 flex-1 truncate font-mono tracking-wider text-muted select-none">••••••••••••</span>
          <Button kind="primary" busy={fetching} icon={<Eye className="size-4" aria-hidden />} onClick={() => void look()}>{t('delivery.reveal')}</Button>
        </div>
        <p className="text-xs text-muted">{t(seen ? 'delivery.reveal.again' : 'delivery.reveal.why')}</p>
      </div>
    )
  }
  return (
    <div ref={shown} tabIndex={-1} role="group" aria-label={t('delivery.content')} className="flex flex-col gap-3 rounded-md bg-accent-soft p-4 outline-none">
      {content.number && <Part name={t('delivery.number')} text={content.number} />}
      <Part name={t('delivery.secret')} text={content.secret} large />
      {content.password && <Part name={t('delivery.password')} text={content.password} />}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-xs text-muted">{content.expiresAt && t('delivery.expires', { at: time(content.expiresAt) })}</p>
        <Button size="sm" kind="quiet" icon={<EyeOff className="size-4" aria-hidden />} onClick={() => setContent(null)}>{t('delivery.hide')}</Button>
      </div>
    </div>
  )
}

function Part({ name, text, large }: { name: string; text: string; large?: boolean }): ReactNode {
  const { t } = useWords()
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-2">
      <div className="min-w-0">
        <p className="text-xs text-muted">{name}</p>
        <p className={`font-mono font-medium break-all whitespace-pre-wrap ${large ? 'text-lg' : ''}`}>{text}</p>
      </div>
      <CopyButton text={text} label={t('word.copy')} done={t('word.copied')} />
    </div>
  )
}
