import { useWords } from '@/lib/i18n.tsx'
import { Button, ButtonLink } from '@/ui/Button.tsx'
import { Notice } from '@/ui/parts.tsx'
import type { Basket } from './basket.ts'

/** What was sent before may be an order by now: paying again asks for the same one. Another one is bought on purpose
 *  alone. `onMore` is left out while nothing can be paid. */
export function Sent({ sent, onMore }: { sent: NonNullable<Basket['sent']>; onMore?: () => void }) {
  const { t, time } = useWords()
  const at = time(new Date(sent.at).toISOString())
  return (
    <Notice tone="warn" title={t(sent.placed ? 'buy.sent' : 'buy.unanswered', { at })}
      action={
        <span className="flex flex-wrap gap-2">
          <ButtonLink size="sm" href="/orders">{t('frame.orders')}</ButtonLink>
          <Button size="sm" disabled={!onMore} onClick={onMore}>{t('buy.more')}</Button>
        </span>
      }>
      {t(sent.placed ? 'buy.sent.why' : 'buy.unanswered.why')}
    </Notice>
  )
}
